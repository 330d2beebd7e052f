package main

import (
	"fmt"
	"slices"
	"sync/atomic"

	"containment-chamber/messages"
)

// canaries are the keys that are never to sign: the configured ones, and those of the sealed keys that are marked so.
type canaries struct {
	configured []messages.PublicKey
	sealed     atomic.Pointer[messages.SealedKeysListed]
}

func newCanaries(keys []string) (*canaries, error) {
	c := &canaries{}
	for _, text := range keys {
		key, err := messages.ParsePublicKey(text)
		if err != nil {
			return nil, fmt.Errorf("canary_keys: %w", err) // unreachable: config checks them
		}
		c.configured = append(c.configured, key)
	}
	return c, nil
}

// learn takes note of the marks of sealed keys.
func (c *canaries) learn(e messages.Event) {
	if e, ok := e.(messages.SealedKeysListed); ok {
		c.sealed.Store(&e)
	}
}

func (c *canaries) has(key messages.PublicKey) bool {
	sealed := c.sealed.Load()
	return slices.Contains(c.configured, key) || sealed != nil && slices.Contains(sealed.Canaries, key)
}

// watch returns what announces events, and also each signature of a canary. That event follows the one of the request,
// which is published once for each at its only exit.
func (c *canaries) watch(publish func(messages.Event)) func(messages.Event) {
	return func(e messages.Event) {
		publish(e)
		if m, ok := e.(messages.SigningFinished); ok && m.Status == messages.StatusSigned && c.has(m.Key) {
			publish(messages.CanarySigned{Key: m.Key, Duty: m.Duty, RequestID: m.RequestID})
		}
	}
}
