// Package bls signs with BLS12-381 as Ethereum's consensus layer does: public keys in G1, signatures in G2, the
// proof-of-possession ciphersuite (consensus-specs phase0/beacon-chain.md, "BLS signatures"). It wraps
// github.com/supranational/blst and, beside the SQLite driver, is the only package that needs a C compiler.
//
// # What it guarantees
//
//   - A [SecretKey] lies in the range that the standard allows, knows its public key, and shows neither to a printer, a
//     logger nor an encoder. Once wiped it signs nothing, also when it is wiped in the middle of a signature.
//   - A [Message] is hashed to the curve at most once, however many keys sign it, from however many goroutines. That is
//     half of the work of a signature.
//   - [SignAll] gives the same bytes as the library's own signing function, in constant time for each key.
//   - A [Ring] never changes: whoever was handed one may read it for ever, without a lock.
//
// # Decisions
//
// Signing multiplies a copy of the hashed message by the key (blst_p2_mult with all 255 bits) rather than calling
// blst_sign_pk2_in_g1. Both run the same constant-time ladder; the latter hashes anew through the Go binding and inverts
// each point on its own. The product's projective coordinates depend on the key, so the points never leave the function,
// are made affine by an inversion that is itself constant-time, and are wiped. The library's multi-scalar products take
// variable time and must not see a secret.
//
// The secret lies in a [secmem.Arena], off the Go heap, and SecretKey has an untyped pointer to it: even a copied or
// embedded key shows an address at most, to any printer.
//
// There is one arena for the process, in a package variable, as there is one heap and one limit of locked memory: so no
// way to make a key, now or later, can forget to protect it. Nothing but [MemoryWeakness] can be told from it.
//
// Nobody can tell when the last signer has let go of an old ring. So a key that becomes unreachable is wiped by the
// garbage collector, and an owner calls [SecretKey.Wipe] only to be sooner. Either way the memory goes to another key
// only when this one is unreachable: a signature that is under way while its key is wiped meets zeros and is refused,
// and never another's secret.
//
// A Ring is two sorted slices and not a map: growing it is one merge, listing it costs nothing, and a binary search among
// 10,000 keys takes a fraction of a microsecond where a signature takes some two hundred.
package bls
