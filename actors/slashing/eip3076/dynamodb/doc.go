// Package dynamodb keeps the slashing-protection history in a table of Amazon DynamoDB: a store for several replicas in
// AWS, which need no server of their own.
//
// # Guarantees
//
//   - When Record returns, what it allowed is in the table. A duty that follows on what its validator has signed, as they
//     nearly all do, costs one conditional write, and several duties of one validator in a group cost one together.
//   - Two replicas on one table never both sign messages that contradict each other, whatever the interleaving, and
//     whichever replies are lost.
//   - The strategy is the complete one of EIP-3076, as far back as the newest 32 bundles of rows: more than two days
//     of votes. What could contradict a row that is deeper is refused as being below the low watermark; the same goes for
//     a repeat that old.
//   - Every row is vouched for. One that was edited, exchanged or taken away is noticed before anything depends on it.
//   - Every call ends within the caller's deadline. Throttling, conflicts and outages cost a [messages.ErrStoreUnavailable].
//   - The table serves nothing else: one that holds the signer state is refused, and so is one that holds anything else, as
//     far as DynamoDB has counted its items, which it does every few hours.
//
// # The table
//
// It exists already, with the partition key pk (S) and no sort key. It holds
//
//	chamber           kind, format, chain, probes: says whose table it is, and takes the probes of health
//	head#KEY          of a validator: its watermarks, what it knows of its bundles, its newest rows, scheme and tag
//	rows#KEY#N        a bundle: older rows of a validator, numbered from 0; never changed
//	keys, keys#N      how many pages of public keys there are, and the pages
//	import            the last import: how many items it has, how many validators are in place, whether it is done
//	import#ID#N       rows of an imported file
//
// Let DynamoDB's time to live look at the attribute expires_at (N), so that what is no longer needed goes away: bundles
// that pruning has emptied, after a day, and the staged rows of imports, after a year.
//
// # What the role needs
//
// On the table's ARN: dynamodb:DescribeTable, GetItem, PutItem and UpdateItem. The last two are what IAM wants for
// TransactWriteItems as well. Nothing is ever listed, searched or deleted.
//
// # Decisions
//
// One write decides. Everything that is known of a validator hangs on its head, and a head is only ever replaced on the
// condition that it is, attribute by attribute, the one that the decision was made from. So of two replicas that
// decide from one head only one can write; the other reads again, finds the first one's row, and decides again. The
// decision itself is made here, by the rules of package eip3076. A process may keep heads in memory, as the condition
// tells whether they are still the present ones; what leads to no write, a refusal or a repeat, is decided from a head
// that was read for it.
//
// A write whose reply got lost is made again. If its condition fails then, the head that is there tells whether it is
// the very head that was to be written: then it has succeeded. Otherwise the decision is made again, and a row of ours
// that is on record counts as a repeat. Whatever is still unknown when the time is over is an error, and nothing is signed.
//
// Rows stand in the head until there are 16, and leave it together, as a bundle, in one transaction with the head that
// replaces it. An item for each slot and target would cost each signature a transaction of two items, twice the price and
// latency, and could not be enumerated without Query. Bundles are numbered, so a history is read by GetItem alone, many
// items at once. Each bundle knows what its predecessors stand below (a floor), so that a duty above it needs none of
// them, and their digest. So the mark over the head vouches for every row that was ever signed: no row can be taken
// away or exchanged for an older one, and marking a store anew writes heads only. For what becomes of the whole head there
// is the [eip3076.Witness].
//
// Validators are found by pages of their keys. A page is written once, in the transaction that writes the first heads of
// the validators on it, and never changed: there is no item that all replicas write to when they sign.
//
// Pruning deletes nothing. It raises the floor in the head, says there below which numbers the rows of the present
// bundles are left out, and lets bundles that nothing is left of expire.
//
// An import is atomic, although no transaction holds a file. Its rows are staged in items that nobody reads. Once all
// of the file is there, and was checked, one write makes it part of the history; after that, it is brought into the heads
// key by key, and whoever opens the table completes what somebody has left undone before recording anything. Signers
// that run meanwhile may sign for a key whose turn has not come as if the import was still to be made. To add a fact
// twice changes nothing, so several may work on one import. Staged rows have no marks: who can write to the table
// can import whatever they like, which can only forbid more.
//
// The network is used for many keys at once, and nothing else is: rounds of reading, deciding and writing follow each
// other. So no state is shared, and marks are made by one caller at a time.
//
// Requests are repeated here and not by the SDK, which would hide that an answer got lost. If a call fails all the same,
// the slashing actor closes the store, refuses at once, and comes back when a probe, which is a write, succeeds: that is
// what keeps requests from piling up before a table that is throttled.
//
// Bodies are binary and not attributes that one can read in the console, because a head has to stay small: it is paid for
// by the kilobyte with every signature. An export is the readable form.
package dynamodb
