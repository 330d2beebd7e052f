package actors

import (
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
)

// EngineLog is the handler that stands between the engine and the log.
func EngineLog(h slog.Handler) slog.Handler { return engineLog{h} }

// Engine is what a System runs on.
func Engine(s *System) *actor.ActorSystem { return s.engine }
