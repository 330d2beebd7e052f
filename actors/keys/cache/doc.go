// Package cache keeps the secrets of decrypted keystores in one encrypted file, so that the next start of a signer with
// thousands of keystores takes a second and not an hour of scrypt. Whoever has the file and its key has the validators'
// keys: the key belongs on another disk, or in a secret store.
//
// # What it guarantees
//
//   - A secret is found by whoever has the cache's key, the same keystore and the password that opened it. Without any of
//     the three there is nothing to find; another password is wrong with a cache as it is without.
//   - A file that was edited in any bit, cut short, appended to, mixed with another, or made with another key is ignored
//     as a whole, with the reason, and replaced by the next [Cache.Save].
//   - [Cache.Save] replaces the file in one step: a crash leaves the old one or the new one. Nobody but the owner can
//     read it. It holds the keys that are in use and nothing else; one that is removed is gone with the next Save.
//   - A file that is no cache at all is never replaced: a mistaken path costs a message, not somebody's data.
//   - No error contains a secret, a password or a key.
//   - A Cache may be used from several goroutines.
//
// # The file
//
// Numbers count bytes.
//
//	32  magic, with the version of this format
//	32  salt: HKDF-SHA-256 makes the wrapping key of it and the cache's key
//	60  data key, 32 random bytes, AES-256-GCM under the wrapping key: nonce 12, ciphertext 32, tag 16; over magic and salt
//	 …  records of 140, in ascending order of their names:
//	      32  name: HMAC-SHA-256 of the keystore's fingerprint and its password
//	      48  public key
//	      60  secret, AES-256-GCM: nonce 12, ciphertext 32, tag 16; over magic, name and public key
//	32  HMAC-SHA-256 of all before
//
// The keys of names, records and the last line are made of the data key by HKDF-SHA-256, one for each.
//
// # Decisions
//
// A keystore is known by its content and not by its path, size and time: the content is read at each start anyway, a copy
// of a keystore holds the same key, and Kubernetes gives each file a new time whenever it likes. The password takes part,
// although another one would not change the key: so that a start with the cache fails where one without would, and a
// mistake in the passwords is not discovered in the week in which the cache is lost.
//
// The name of a record is a keyed hash. A plain one would let whoever reads the file guess passwords at the speed of
// SHA-256, and spare him the keystore's scrypt.
//
// Every record is encrypted by itself, so that all but the secret in hand stay encrypted in memory too. The code over the
// whole file beneath them is what makes loss, order and mixture visible.
//
// The data key between the cache's key and the records allows another wrapping later, by a key that a quorum unseals,
// without another format. It is kept as long as the file is valid; nonces are random, and few.
//
// The cache's own keys are in ordinary memory: AES of the standard library keeps its schedule on the Go heap whatever is
// done about the 32 bytes. What is computed with them is erased (secmem.Do), and so are they once the Cache is garbage. The
// process does not dump core.
package cache
