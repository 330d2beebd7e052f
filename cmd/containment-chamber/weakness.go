package main

import (
	"sync"

	"containment-chamber/messages"
)

// reportWeakness says once, when keys are there, if the system did not protect their memory as it should.
func (s *signer) reportWeakness(weakness func() error) {
	var once sync.Once
	s.system.Observe(func(e messages.Event) {
		if _, ok := e.(messages.KeysChanged); !ok {
			return
		}
		if err := weakness(); err != nil {
			once.Do(func() {
				s.log.With("target", messages.TargetAudit).Warn("the memory of the keys is not fully protected", "cause", err)
			})
		}
	})
}
