package control

import (
	"bytes"
	"fmt"

	"containment-chamber/messages"
)

// pick finds a component in what was read. One that was never written has version 0. What no honest store returns wraps
// messages.ErrStateRefused.
func pick(snapshots []messages.Snapshot, component string) (messages.Snapshot, error) {
	found := messages.Snapshot{Component: component}
	for _, s := range snapshots {
		switch {
		case s.Component != component:
		case s.Version == 0 || len(s.Body) == 0:
			return found, fmt.Errorf("%w: %s has version %d with a body of %d bytes", messages.ErrStateRefused, component, s.Version, len(s.Body))
		case found.Version > 0:
			return messages.Snapshot{Component: component}, fmt.Errorf("%w: %s is there twice", messages.ErrStateRefused, component)
		default:
			found = s
		}
	}
	return found, nil
}

// follows refuses what cannot come after the last one, with messages.ErrStateRefused.
func follows(last, next messages.Snapshot) error {
	switch {
	case next.Version < last.Version:
		return fmt.Errorf("%w: %s has version %d, and %d was seen: the signer state was rolled back", messages.ErrStateRefused, next.Component, next.Version, last.Version)
	case next.Version == last.Version && !bytes.Equal(next.Body, last.Body):
		return fmt.Errorf("%w: version %d of %s has another content than it had", messages.ErrStateRefused, next.Version, next.Component)
	}
	return nil
}
