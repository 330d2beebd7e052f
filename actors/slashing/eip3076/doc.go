// Package eip3076 is slashing protection as EIP-3076 defines it: the rules that decide whether a block or an
// attestation may be signed, the port to the stores that remember what was signed, and the interchange format that
// carries a history from one signer to another.
//
// # Guarantees
//
//   - No message is allowed that is slashable with respect to any message in the history, signed here or imported,
//     nor with respect to one that was pruned. That is the complete strategy of EIP-3076, and in addition its minimal
//     conditions: nothing at or below the low watermark is signed for the first time.
//   - A repeat (the same message with the same signing root) is allowed, also at and below the watermark, as long as
//     its row is there and nothing contradicts it. So a client may ask again after a lost answer.
//   - A row without a signing root forbids every message at its slot or with its target.
//   - A low watermark is never lowered.
//   - Every refusal is a [messages.ErrSlashable] whose rule [RuleOf] names.
//
// The decisions are pure functions. A store calls them with its rows, inside the transaction that records the answer;
// package storetest proves that it does so rightly, package memory is the simplest such store.
//
// # Decisions
//
// The first message that a key signs sets the watermark, as in Web3Signer and others: what the key signed elsewhere
// before is not known.
//
// Watermarks are strict for slots and targets: after one was set by hand, a first vote at the watermark is refused,
// as nothing tells what was signed there. They are kept as a [Floor], the lowest that is still allowed, which has a
// zero value that means nothing is forbidden, and which is compared and raised number by number.
//
// Slashable data in an import is accepted. A file proves what was signed, it does not ask to sign, and refusing it would
// leave the signer ignorant of it (the official cases demand the same). The history is a set of facts, and an import a
// union of sets: two rows that contradict each other are both kept. The alternative, one row for each slot or target
// that is merged into the stricter, loses facts: of votes 2→10 and 5→10, the first rules out 3→9, and only the second
// 4→11. With both kept, neither can be repeated either, since each is slashable with respect to the other.
//
// An import below the low watermark, where rows that contradict it may have been pruned, is kept without its root: it
// forbids what it forbade, and cannot be repeated. For the same reason, pruning takes the root of an imported vote that
// surrounds a deleted one. Without this, importing an old file again after pruning could allow what a pruned row forbade.
//
// The minima of imported data become the watermark with the first import of each kind for each key, and raise what
// local signatures set. Later imports leave it alone, because the official case single_message_gap expects a complete
// signer to treat all files as one history. Whoever has several partial histories should import the one with the most
// recent minimum first, or set a watermark afterwards.
//
// An export leaves out what lies below the watermark, and ends it with a row without root that stands at the watermark,
// unless a real one says as much: the format has no other way to say it, and without it the importing signer would be
// less careful than this one.
//
// Slots and epochs above [MaxNumber] are refused instead of stored in a form that only this program can read.
//
// A duty that claims no chain is refused once the store belongs to one; a duty that is not protected may claim none.
//
// A row proves who wrote it by a mark ([Marker]), and a row that does not is refused, not ignored: what it said may have
// been the reason to refuse something. A mark speaks for one row. That a row is gone, or that the whole store is an old
// one, no mark can tell; the [Witness] does, as far as this process, or its high-water file, has seen more. To chain the
// rows would tell it too, but would make every signature wait for the one before, at every replica.
//
// The walks that prune and rekey a store go from one validator to the next, in the order of keys. Each step is complete in
// itself: signing goes on between them, and a walk that was broken off is begun anew without harm.
//
// The port has three parts by consumer: the slashing actor sees a [Recorder], the offline commands the rest. Record
// takes a group, because one durable commit costs as much as checking a hundred rows.
package eip3076
