// Package messages is the language of the program: what actors ask each other, what they answer, and which facts they
// announce. It imports the standard library only, and every other package may import it.
//
// # Grammar
//
//   - A command is an imperative ([Sign], [RecordDuties]); it is asked and answered.
//   - A query begins with Get ([GetKeyRing]); it is asked and answered, and changes nothing.
//   - A reply is the noun for what was asked for ([Signed], [Recorded]), or an error that wraps one of the sentinels
//     in protocol.go: validation in the protocol, failure by crash.
//   - An event is in the past tense ([ActorPanicked], [KeysChanged]); it is published, and nobody answers.
//
// Every actor's protocol is one file, named after the actor. What an actor tells only itself or its own children is
// an unexported type of its own package.
//
// # A message is a value
//
// Whoever sends a message gives it away: a slice inside one is never written again by its sender. Keys and roots are
// arrays, so that they are copied. No message, event or error holds a secret in a form that can be printed.
//
// # Decisions
//
// The interfaces [Request] and [Event] have unexported methods. So only this package can add to a protocol, the
// addressee and the reply of a request are checked by the compiler, and one page lists what an actor understands.
package messages
