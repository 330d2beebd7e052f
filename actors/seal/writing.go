package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// Store is where the seal record is kept. Its errors wrap messages.ErrConflict, messages.ErrStateUnavailable or
// messages.ErrStateRefused.
type Store interface {
	// Read returns the record and its version, which is 0 while there is none.
	Read(context.Context) (version uint64, body []byte, err error)
	// Write stores the record if the stored version is the one before.
	Write(ctx context.Context, version uint64, body []byte) error
}

// attempts is how often a job tries again that must not fail because another replica was faster.
const attempts = 8

// readRecord reads what is to be changed, and sees to it that it is what was spoken of when the job began.
func (w *work) readRecord() error {
	version, body, err := w.cfg.Store.Read(w.ctx)
	if err != nil {
		return err
	}
	if w.read, err = w.known.follow(version, body); err != nil {
		return err
	}
	if w.master != nil && w.read.version > 0 {
		if err := w.read.stored.Authentic(w.stateKey); err != nil {
			return err
		}
	}
	before, now := w.known.facts(), w.read.facts()
	if before.Stage == Absent != (now.Stage == Absent) || before.KMS != now.KMS || before.Quorum != now.Quorum {
		return fmt.Errorf("%w: the seal record is another by now", messages.ErrConflict)
	}
	if now.Marked && w.job.Kind != messages.CeremonyShare && w.job.Kind != messages.CeremonyUnsealKMS {
		return fmt.Errorf("%w: somebody has just sealed the chamber", messages.ErrSealed)
	}
	return nil
}

// follow reads what comes after a snapshot, and refuses what cannot.
func (s snapshot) follow(version uint64, body []byte) (snapshot, error) {
	switch {
	case version < s.version:
		return s, fmt.Errorf("%w: version %d, and %d was seen", record.ErrOlder, version, s.version)
	case version == 0:
		return s, nil
	}
	stored, err := record.Decode(body)
	if err != nil {
		return s, err
	}
	if s.version == 0 {
		return snapshot{version, stored}, nil
	}
	if version == s.version && !bytes.Equal(stored.Bytes(), s.stored.Bytes()) {
		return s, fmt.Errorf("%w: version %d has another content than it had", record.ErrForged, version)
	}
	if err := s.stored.Record.Follows(stored.Record); err != nil {
		return s, err
	}
	return snapshot{version, stored}, nil
}

// write stores the changed record: with a tag, if the master key is known.
func (w *work) write() error {
	body, err := record.Encode(w.next, w.stateKey)
	if err != nil {
		return err
	}
	return w.store(body)
}

// store writes, and remembers what was written.
func (w *work) store(body []byte) error {
	if err := context.Cause(w.ctx); err != nil {
		return err
	}
	version := w.read.version + 1
	if err := w.cfg.Store.Write(w.ctx, version, body); err != nil {
		return err
	}
	stored, err := record.Decode(body)
	if err != nil {
		return err // unreachable: the tests decode whatever is encoded
	}
	w.result.now = snapshot{version, stored}
	return nil
}

// lift takes the mark of an emergency seal off, and has the record tagged when the chamber was opened for the first time.
// Several replicas may do so at once: whoever comes late finds it done.
func (w *work) lift() error {
	if !w.result.gained.Master {
		return nil
	}
	for range attempts {
		if r := w.read.stored; r.Record.Opened && !r.Marked() {
			w.result.now = w.read
			return nil
		}
		if w.job.Kind == Automatic && w.read.stored.Marked() {
			return fmt.Errorf("%w: somebody has just sealed the chamber", messages.ErrSealed)
		}
		w.next = w.read.stored.Record.Open()
		if err := w.write(); err == nil || !errors.Is(err, messages.ErrConflict) {
			return err
		}
		if err := w.readAgain(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: again and again", messages.ErrConflict)
}

// readAgain reads what another replica has written meanwhile.
func (w *work) readAgain() error {
	w.known = w.read
	if err := w.readRecord(); err != nil {
		return err
	}
	return w.read.stored.Authentic(w.stateKey)
}

// mark writes that the chamber is sealed, against all others. Without the key for the tag it is a hold.
func (w *work) mark() error {
	m, _ := w.ceremony.(messages.SealChamber) // nobody's, if there is no key to authenticate the reason
	for range attempts {
		version, body, err := w.cfg.Store.Read(w.ctx)
		if err != nil {
			return err
		}
		if w.read, err = w.known.follow(version, body); err != nil {
			return err
		}
		if err = w.markOnce(m); err == nil || !errors.Is(err, messages.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: again and again", messages.ErrConflict)
}

func (w *work) markOnce(m messages.SealChamber) error {
	stored := w.read.stored
	if stored.Marked() {
		w.result.now = w.read // another replica was sealed as well
		return nil
	}
	if w.stateKey == nil {
		stored.Hold = true
		return w.store(stored.Bytes())
	}
	if err := stored.Authentic(w.stateKey); err != nil {
		return err
	}
	w.next = stored.Record.Seal(w.by, m.Reason, time.Now())
	return w.write()
}
