package main

import (
	"fmt"

	"containment-chamber/messages"
)

// watchCanaries returns publish, or a function in its place that also announces each signature of a canary key. The event
// follows the one of the request, which is published once for each at its only exit.
func watchCanaries(keys []string, publish func(messages.Event)) (func(messages.Event), error) {
	if len(keys) == 0 {
		return publish, nil
	}
	canaries := make(map[messages.PublicKey]bool, len(keys))
	for _, text := range keys {
		key, err := messages.ParsePublicKey(text)
		if err != nil {
			return nil, fmt.Errorf("canary_keys: %w", err) // unreachable: config checks them
		}
		canaries[key] = true
	}
	return func(e messages.Event) {
		publish(e)
		if m, ok := e.(messages.SigningFinished); ok && m.Status == messages.StatusSigned && canaries[m.Key] {
			publish(messages.CanarySigned{Key: m.Key, Duty: m.Duty, RequestID: m.RequestID})
		}
	}, nil
}
