package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// reloadPatience is how long the keys actor may take to accept a reload, which it does at once.
const reloadPatience = 2 * time.Second

// hangups delivers SIGHUP from now on, instead of ending the process. One that comes while another waits is the same wish.
func hangups() (<-chan os.Signal, func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() { signal.Stop(signals) }
}

// reload does what POST /reload does, and logs what becomes of it.
func (s *signer) reload(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	if _, err := actors.Ask(ctx, s.tree.Keys, messages.ReloadKeys{}); err != nil {
		s.log.Warn("SIGHUP: the keys are not reloaded", "cause", err)
		return
	}
	s.log.Info("SIGHUP: reloading the keys")
}
