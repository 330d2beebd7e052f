// Package actors is the kit that the program's actors are made with, on top of protoactor-go. This is the supervision
// tree; the folders below follow it.
//
//	chamber              never restarted: its failure ends the process (exit 70), and the orchestrator starts anew
//	├─ audit            4 in 1m, 100ms…5s    writes the audit stream; the end of the file says where to go on
//	├─ slashing          4 in 1m, 200ms…10s   owns the store; its state is the database, which it opens again
//	├─ seal              1 in 10m, 0s…0s      owns the master key; comes back sealed, and knows what it last read
//	│  └─ combine-01…    temporary            calls key-encryption keys, opens shares, writes the record; one job each
//	├─ keys              4 in 1m, 200ms…10s   owns the key ring; the ring survives a crash
//	│  ├─ scan-01…       temporary            lists the files, once for each loading
//	│  ├─ loader-02…     temporary            decrypts one file after the other; a crash costs that file
//	│  ├─ saver-03…      temporary            writes the cache of decrypted keys
//	│  ├─ list-04…       temporary            reads the rows of sealed keys, once for each look
//	│  └─ opener-05…     temporary            opens some of them; a crash costs one row
//	├─ control           4 in 1m, 200ms…10s   has the signer state read again and again, and offers it to the others
//	│  └─ read-01…       temporary            reads it once
//	├─ ceremony          2 in 1m, 0s…0s       the guard: admits one ceremony at a time; comes back free
//	│  └─ session-01…    temporary            holds one ceremony, which ends with it
//	├─ signing           2 in 1m, 100ms…2s    admits, groups and queues; what it holds is answered at a crash
//	│  └─ worker-00…     4 in 1m, 50ms…2s     signs; holds one chunk
//	└─ watchdog          no limit, 1s…10s     pings the others; reports who hangs, and in the end gives the process up
//
// Seal, control and ceremony are there only in a signer that has a signer state.
//
// "4 in 1m, 200ms…10s" grants four restarts within a minute, after a pause that doubles from 200 ms to 10 s. A fifth
// crash fails the supervisor. A temporary actor is not restarted, and its parent is told.
//
// # What the kit guarantees
//
//   - Whoever asks is answered: by the actor, or at once with messages.ErrCrashed (it crashed on the request, or held
//     it), messages.ErrUnavailable (it is down, stopping, or gone) or messages.ErrOverloaded (its mailbox is full).
//     Only an actor that hangs lets an asker wait until its deadline.
//   - An answer that holds a secret ([Wiper]) and that nobody takes is wiped.
//   - No send blocks or retries. A notice to an actor that is down is for nobody; what waits in it ([Holder]) is answered.
//   - A crash ends an incarnation: its timers, subscriptions and pending answers never reach a later one.
//   - An actor that hangs is known: it does not answer [System.Ping], and [System.Silent] says since when.
//   - A crash publishes who, on which type of message, why and where. No payload is printed, ever: not by the kit, and
//     not by the engine beneath it.
//   - Crashes beyond the limits climb the tree, supervisor by supervisor, and at last fail the [System].
//   - [System.Stop] ends actors in reverse order of their birth, each when its work is done, and names who did not stop.
//
// # How to write an actor
//
// Declare its protocol in package messages, one file. Write a type with a Receive method that is a switch of one-line
// cases, and a Spec function. Keep decisions in pure functions. Never wait: [Pipe] brings an answer into a later turn,
// [Context.After] brings the time. Long or dangerous work belongs to a temporary child ([Once]). Test it alone with
// package actorstest.
//
// # Decisions
//
// The engine is pinned and treated as known by heart: it is untagged and quiet. Each of its traps is closed by the kit
// or pinned by a test in pitfalls_test.go. Shells see neither its types nor its messages.
//
// An ask is an envelope with a one-slot channel instead of the engine's future: a future costs five times as much,
// forgets all but one waiter, and races with its own timeout.
//
// A restart comes as a message to the supervisor. A timer that restarts the child by itself can revive one that is
// being stopped.
//
// A crashed incarnation ends at the crash, not at the restart: its callers are answered before the pause.
//
// The limits stand in each child's own spec, beside its code, although the engine hangs one strategy on the parent.
//
// A hang is the lack of any sign of life, not a late answer: while a ping waits, each turn that ends counts. So an
// actor under load is never taken for one that hangs, whatever waits in its mailbox. Nothing is recorded about actors
// that nobody pinged: the hot path pays one atomic load.
//
// The root is not restarted. Nothing could be gained by it that a fresh process does not do better.
package actors
