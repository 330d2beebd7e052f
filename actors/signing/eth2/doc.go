// Package eth2 turns the body of a sign request, as validator clients send it to Web3Signer, into a duty with the
// signing root that is to be signed. [NewDecoder] makes a [Decoder] for one [Network], and the rest is
// [Decoder.Decode].
//
// # Guarantees
//
//   - A signing root is computed from the message, never copied from the request. A root that the client claims is
//     compared with it; a claim can only refuse a signature, not choose one.
//   - Each request has one lawful reading. Where clients differ in habits (the fork in an exit, the form of an
//     aggregate), a rule that looks at nothing but message, fork_info and network decides.
//   - Nothing is filled in: a member that goes into the root and is absent, of another kind, too long, too short or
//     out of range is an error that names it. Slashing protection sees the same numbers that the root was made of.
//   - A request for another chain than the network's is refused. Where the network's genesis validators root is not
//     known, the claimed one is handed on in the duty, for the store to pin.
//   - A decoder never changes, so it needs no lock. Work and memory grow with the length of the body, which the caller
//     limits; no error repeats more of a request than the names and numbers that were asked for.
//
// What is lenient is lenient as Web3Signer is: the case of type, keys and hex digits, the prefix 0x, quotes around
// numbers, members that mean nothing, null for absent; of two equal members the last counts.
//
// # How it works
//
// A type of request is a row of a table (form): the member that holds the message, its SSZ type, its domain, who
// decides on the fork version, and where slot and epochs stand. An SSZ type (shape) is a value that reads its own JSON
// and returns its hash tree root, so a container is written down as the specification has it, and there are no structs
// in between. JSON is split in one pass, which checks its grammar, and not decoded.
//
// # Decisions
//
//   - The shapes of Gloas are those with progressive containers (EIP-7688, consensus-specs v1.7.0-beta.0), as
//     @lodestar/types 1.50.0 computes them; testdata holds its roots. The notes on remote-signing-api v1.4.0 call the
//     Gloas aggregate "Electra-shaped": its JSON is, its root is not.
//   - Progressive lists have no limit in their root, and none is enforced here: the beacon node does that.
//   - An exit is signed with fork_info's version up to Capella and with the network's Capella version from Deneb on
//     (EIP-7044). A version that the network does not know is newer than this program, so it counts as later. So there
//     is one candidate, and a claim for the version of the request's own fork is a mismatch.
//   - A bare aggregate with committee_bits has the shape of Gloas when the version that signs it is Gloas's or later:
//     Lighthouse sends it so. Without committee_bits it has the shape of phase0.
//   - A header is accepted for any version, even one that nobody knows yet, because its root does not depend on it.
//   - The bid of Heze has a member that the API does not define yet; it is refused until it does.
//   - fork.epoch is not compared with a schedule: Lodestar puts the epoch of the signed slot there. Hence a network
//     needs versions, but no activation epochs.
//   - The claimed genesis validators root must not be zero, since zero stands for "not known" everywhere else.
//   - DEPOSIT takes its genesis fork version from the message: it belongs to no chain that could be guarded. Its domain
//     keeps it apart from everything that is slashable.
//   - fork_info is not even looked at where it is not needed: Nimbus sends one with registrations.
//   - The JSON reader is our own because encoding/json cannot tell an absent member from a zero one without a pointer
//     for each, and would want a struct beside each container.
package eth2
