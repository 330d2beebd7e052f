package kek

import (
	"context"
	"fmt"

	"containment-chamber/actors/box"
)

// fileReader reads one file, once at a time. A file whose disk is gone, as one on a network may be, keeps whoever reads it,
// and nothing ends that: so it keeps a goroutine of its own, and no second one is begun beside it.
type fileReader struct {
	fill func(path string, key []byte) error
	turn chan struct{} // is full while somebody reads
}

func newFileReader(fill func(string, []byte) error) *fileReader {
	return &fileReader{fill, make(chan struct{}, 1)}
}

// content is what was read.
type content struct {
	key []byte
	err error
}

// read returns the key, which the caller wipes. It ends with its context, or after callTimeout.
func (r *fileReader) read(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if ctx.Err() != nil {
		return nil, late(ctx, "it was not read")
	}
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, late(ctx, "its disk has not answered an earlier attempt to read it")
	}
	answer := make(chan content)
	go func() {
		defer func() { <-r.turn }()
		c := content{key: make([]byte, box.KeySize)}
		if c.err = r.fill(path, c.key); c.err != nil {
			clear(c.key)
		}
		select {
		case answer <- c:
		case <-ctx.Done(): // nobody waits for it any more
			clear(c.key)
		}
	}()
	select {
	case c := <-answer:
		return c.key, c.err
	case <-ctx.Done():
		return nil, late(ctx, "its disk does not answer")
	}
}

func late(ctx context.Context, why string) error {
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, why, context.Cause(ctx))
}
