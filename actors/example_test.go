package actors_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// store answers one kind of request.
type store struct{ chain messages.Root }

func (s *store) Receive(c *actors.Context, message any) {
	if q, ok := message.(messages.GetSlashingHealth); ok {
		actors.Answer(c, q, messages.SlashingHealth{GenesisValidatorsRoot: s.chain})
	}
}

func storeSpec() actors.Spec {
	return actors.Spec{
		Name:    "store",
		Mailbox: 64, // 32 requests a second, for 2 s
		New:     func() actors.Actor { return &store{chain: messages.Root{0xff}} },
	}
}

// An actor is made from a Spec and asked through a Ref. The compiler checks that it understands the request, and
// knows the type of the answer.
func ExampleAsk() {
	system := actors.NewSystem(slog.Default())
	ref := actors.Start[messages.Slashing](system, storeSpec())

	health, err := actors.Ask(context.Background(), ref, messages.GetSlashingHealth{})
	fmt.Printf("%.6s %v\n", health.GenesisValidatorsRoot, err)

	fmt.Println(system.Stop(context.Background()))
	_, err = actors.Ask(context.Background(), ref, messages.GetSlashingHealth{})
	fmt.Println(errors.Is(err, messages.ErrUnavailable))
	// Output:
	// 0xff00 <nil>
	// <nil>
	// true
}

// A parent makes its children when it starts, so that they come back with it.
func ExampleSpawn() {
	system := actors.NewSystem(slog.Default())
	actors.Start[messages.Keys](system, actors.Spec{Name: "chamber", Mailbox: 8, New: func() actors.Actor { return chamber{} }})
	defer func() { _ = system.Stop(context.Background()) }()

	fmt.Println(system.AwaitReady(context.Background()), system.Tree())
	// Output: <nil> [chamber chamber/store]
}

// chamber is the root of a small tree.
type chamber struct{}

func (chamber) Receive(c *actors.Context, message any) {
	switch message.(type) {
	case actors.Started:
		actors.Spawn[messages.Slashing](c, storeSpec())
	}
}

// What has no actors itself is given plain functions.
func ExampleBind() {
	system := actors.NewSystem(slog.Default())
	defer func() { _ = system.Stop(context.Background()) }()
	health := actors.Bind[messages.GetSlashingHealth](actors.Start[messages.Slashing](system, storeSpec()))

	answer, err := health(context.Background(), messages.GetSlashingHealth{})
	fmt.Println(answer.Err, err)
	// Output: <nil> <nil>
}
