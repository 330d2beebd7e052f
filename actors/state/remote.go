package state

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"
)

// Ticket marks what one call of Write has stored.
type Ticket [16]byte

// Kept is what a store holds of a record: its version and the ticket that it was written with. It is zero where there is
// no record.
type Kept struct {
	Version uint64
	Ticket  Ticket
}

// Swap is one attempt at a write: it stores the record under the ticket if the version before it is stored, and returns
// what is kept afterwards, which is somebody else's unless it succeeded. After an error its outcome counts as unknown.
type Swap func(context.Context, Record, Ticket) (Kept, error)

// Remote is how a store that is reached over a network makes its calls: by attempts, each of which may be lost on its way
// there or back.
type Remote struct {
	// AttemptTimeout bounds one attempt. All of them are bounded by [CallTimeout].
	AttemptTimeout time.Duration
	// Transient says whether an error of an attempt is of the kind that passes.
	Transient func(error) bool
	// Explain makes of the last attempt's error, or of nil, what the caller is told.
	Explain func(error) error
}

// Write implements [Store] by as many swaps as it takes.
func (m Remote) Write(ctx context.Context, r Record, swap Swap) error {
	if err := Check(r); err != nil {
		return err
	}
	var ticket Ticket
	_, _ = rand.Read(ticket[:]) // never fails: it crashes the process first
	doubt := false
	err := m.Call(ctx, func(ctx context.Context) error {
		kept, err := swap(ctx, r, ticket)
		switch {
		case err != nil:
			doubt = true
			return err
		case kept.Ticket == ticket:
			return nil
		case doubt && kept.Version != r.Version:
			return fmt.Errorf("%w: version %d is stored by now, and who wrote version %d is not known: read it again", ErrUnavailable, kept.Version, r.Version)
		}
		return fmt.Errorf("%w: %s has version %d, so version %d cannot be written: read it again", ErrConflict, r.Name, kept.Version, r.Version)
	})
	if doubt && err != nil && !errors.Is(err, ErrConflict) {
		return fmt.Errorf("writing %s version %d, which may have happened: %w", r.Name, r.Version, err)
	}
	return err
}

// Call makes attempts until one succeeds or fails for good, or the time is over. An error of this package is for good,
// whatever Transient says.
func (m Remote) Call(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	return m.Explain(m.retry(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, m.AttemptTimeout)
		defer cancel()
		return attempt(ctx)
	}))
}

// The pauses between attempts double from the first to the last: long enough for a server to restart within a few,
// short enough to make many within CallTimeout.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

// retry returns the last error when ctx ends.
func (m Remote) retry(ctx context.Context, try func() error) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := try()
		if err == nil || final(err) || !m.Transient(err) {
			return err
		}
		select {
		case <-time.After(pause/2 + mathrand.N(pause/2)):
		case <-ctx.Done():
			return err
		}
	}
}

func final(err error) bool {
	for _, sentinel := range []error{ErrConflict, ErrUnavailable, ErrForeign, ErrNewer, ErrTooLarge, ErrInvalid} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

// At names the place that an error comes from, and wraps in [ErrUnavailable] what is no error of this package. Of nil it
// makes nil.
func At(place string, err error) error {
	switch {
	case err == nil:
		return nil
	case final(err):
		return fmt.Errorf("%s: %w", place, err)
	}
	return fmt.Errorf("%s: %w: %w", place, ErrUnavailable, err)
}
