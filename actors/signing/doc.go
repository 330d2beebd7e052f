// Package signing is the pipeline between an admitted request and its signature. The order of a duty through it is the
// order of its files:
//
//	actor.go    admits: deadline, key, chain, a signing permit
//	group.go    collects what slashing protection must record, and has the slashing actor record it in one commit
//	queue.go    lines up what may be signed, by signing root
//	worker.go   signs a chunk of one root, and answers whoever asked
//
// Beside it, keys.go keeps the key ring up to date.
//
// # What it guarantees
//
//   - Decide, record durably, sign, reply. Nothing that EIP-3076 covers is signed before the commit that holds its
//     record has returned.
//   - The deadline, and whether the caller still waits, are checked right before recording: a vote that nobody gets
//     must not stand in the way of the next one.
//   - Each request that is admitted is answered exactly once, also when an actor that holds it crashes; then the
//     answer is messages.ErrCrashed, and asking again is safe, since a record with the same signing root permits it.
//   - A request whose trace is sampled publishes one messages.StepFinished for each step that it came to, before it is
//     answered, in whatever way it ends: course.go. One that is not costs a comparison with nil.
//   - A key is unknown only when no keys are being loaded. Until then it may be yet to come, and the answer is
//     messages.ErrUnavailable.
//   - A store that stalls, or an actor of it that hangs, holds callers for Config.RecordTimeout and nobody after that:
//     messages.ErrStoreUnavailable at once. Duties that need no record are signed all the while.
//   - A full pipeline answers messages.ErrOverloaded at once. A permit is held from admission to the answer, so all
//     that is under way is bounded by their number.
//
// # Decisions
//
// One front actor groups, and a pool of workers signs, rather than workers that own a shard of the keys and block on
// the store. Records are grouped over all keys, so that a slot's burst shares a few commits; signatures are grouped by
// root, so that hash-to-curve, half of a signature, is computed once for all keys that sign one message. Measured on
// two cores, that is the shape which comes within 17 % of the raw speed of the BLS library in both cases.
//
// A record under way is not given up when its callers are: whatever it brings, one request at most waits in the slashing
// actor, and its answer, however late, is what ends the stall. The callers were refused by then and are not signed for.
//
// The queue before the store is bounded by the time that it takes to serve, not by a number: at the pace of the last
// commit, or of the one that does not end. Without that, a store of half a second a commit would let the queue grow to
// where each duty is recorded just in time to be too late for its caller.
//
// Workers pull: one is sent a chunk only when it has none. So a crashed worker holds up one chunk, and a chunk's size
// follows the load. There are two for each core: while one signs, the other is handed its next chunk. More would sign no
// more, and each is a thread that the kernel lets compete with those that read and refuse requests: with four for each
// core, the slowest answers of one core at half load took a third longer.
package signing
