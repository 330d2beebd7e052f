// Package seal owns the master key. It is the error kernel of the chamber: it decides, in a machine without side effects
// ([State.Step]), and has all dangerous work done by children that live for one job. What the master key is made of, and
// how it is split, wrapped and stored, lives below, in record, quorum, kek and shamir; nothing there knows of actors.
//
// # The states
//
//	(at the start)          → uninitialized             the state
//	(at the start)          → awaiting_registration     the state
//	(at the start)          → sealed                    the state
//	(at the start)          → kms_unsealed              the state
//	uninitialized           → awaiting_registration     init, the state
//	uninitialized           → sealed                    the state
//	uninitialized           → kms_unsealed              the state
//	uninitialized           → unsealed                  init
//	awaiting_registration   → uninitialized             abort, the state
//	awaiting_registration   → sealed                    register, the state
//	awaiting_registration   → kms_unsealed              register, the state
//	sealed                  → kms_unsealed              automatic opening, the state, unseal kms, unseal share
//	sealed                  → unsealed                  automatic opening, unseal kms
//	sealed                  → awaiting_rotation         automatic opening, unseal kms
//	kms_unsealed            → sealed                    seal, the state
//	kms_unsealed            → unsealed                  unseal share
//	kms_unsealed            → awaiting_rotation         unseal share
//	unsealed                → sealed                    seal, once all keys are dropped
//	unsealed                → awaiting_rotation         rotate mode, rotate quorum, the state
//	awaiting_rotation       → sealed                    seal, once all keys are dropped
//	awaiting_rotation       → unsealed                  abort, register, the state
//
// The test of this package draws this from the machine. "The state" is what another replica has written, or what was found
// at the start. A chamber that is sealed can be sealed once more, so that it does not open by itself.
//
// # What it guarantees
//
//   - The master key is in memory in exactly the two states that sign, and is wiped on every path that leaves them,
//     crashes included. It lies in locked memory, and leaves this actor only as keys that are derived from it.
//   - Whatever is asked for in whatever state is begun, or refused by a name, and a refusal changes nothing.
//   - An emergency seal takes effect at once: the key is wiped before anybody is waited for. It holds on every replica and
//     over restarts, until operators open the chamber again, or somebody asks for the key-encryption keys where these
//     suffice. If the signer state is away, it holds in this process, the answer says that nobody else knows, and the seal
//     goes on trying to tell them until it can, or somebody opens the chamber.
//   - The chamber is not called sealed before all who were given keys have wiped them, or have had five seconds for it.
//   - A ceremony changes the signer state once, at its end, in one compare-and-swap, or not at all ([Store]). Whatever
//     crashes before or after any of its steps, the record opens, and the ceremony can be held again.
//   - No rotation gives up the old set of shares before every share of the new one was proved.
//   - A record that is older than one that was seen, of another chamber, edited or damaged is refused by name, and the
//     process goes on with the one that it has.
//   - What a session has begun that is gone has no effect, from the moment when it is abandoned.
//
// # Decisions
//
// The phase is not stored anywhere: it follows from how far the record is and from what this process holds, so the two
// cannot disagree with it.
//
// After a crash of this actor the chamber is sealed, and opens by itself only as far as a fresh process would. A panic
// within the machine is another matter: it has a value for a state, so nothing can be half changed. It counts as a refusal.
//
// A job is given copies of what it needs, and its own key for the tag of the record, because the master key may be wiped at
// any moment: a tag under a key of zeros would lock everybody out. The master key itself is only lent, for making sets of
// shares, and a set is proved against the verifier before it is stored.
//
// An operator's share is checked by itself when it is given, so a wrong one is refused at once and spoils nothing. Shares
// wait in this process, not in the signer state: each replica is opened on its own.
//
// Key-encryption keys are asked at the same time: one of them that is away, or slow, or answers garbage, does no harm as
// long as there are enough others, and costs no time either.
//
// Another actor reads the record again and again, and offers it here, whole and each time: a change that is noticed by
// polling is noticed on every store, and what could not be authenticated without the master key is offered again when it
// can. While a ceremony is under way, what others have written waits, except for an emergency seal. Only a job reads by
// itself, right before it writes. What was read before this process has written is older by the time it is offered, and
// is told from a rollback by when that read began, on a clock that does not jump. So a rollback within the very moment of a
// write is noticed one interval later.
//
// While a seal is being recorded late, nothing but another seal is begun: a write that was broken off may land all the
// same, and would seal what somebody has opened meanwhile.
//
// A mark that is written without the master key is outside of the record's tag: a chamber must be sealable while it is not
// open. An operator's name and reason are then known to this process and to the audit stream only.
package seal
