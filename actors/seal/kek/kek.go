// Package kek wraps secrets under key-encryption keys that lie outside of the signer: in AWS KMS, which never gives them
// away, or in a file, for development, CI and sites without a network. A reference names the key (see [Parse]); a [Ring]
// opens references; a [Key] wraps and unwraps.
//
// # What it guarantees
//
//   - What is wrapped is bound to a chamber and to the number of a share in it (see [Binding]). Unwrapping for another
//     chamber or share fails, as it does for every bit that was changed.
//   - Every failure of a Key is one of three: [ErrUnavailable], which waiting may mend; [ErrDenied], which its owner must
//     mend; [ErrRejected], which nobody can mend, because what came is not what was wrapped.
//   - A call ends with its context, or after ten seconds, whichever is sooner. AWS is asked three times at the most.
//   - An answer of KMS is believed only if it names the key that was asked.
//   - A file whose disk does not answer is unavailable after that time like any other key, and costs one goroutine until the
//     disk does, however often somebody tries.
//   - A key file is used only if it is a regular file of 32 bytes that nobody but its owner may read.
//   - No error contains a secret. Of the process's memory, a key file's content is in it while it is used, and wiped.
//   - Rings and Keys may be used from several goroutines.
//
// A Key does not know how long a secret ought to be: whoever unwraps checks that, and wipes what he got.
//
// # A wrapped secret of file:
//
// Numbers count bytes.
//
//	 1  version of this format: 1
//	12  nonce
//	 …  the secret, AES-256-GCM, with its tag of 16; over the program's name, the share and the chamber
//
// # Decisions
//
// A reference to AWS is a full ARN. Its region says whom to ask, and its account stands in it for all to see: shares of
// one chamber lie in several accounts on purpose. A bare key id would silently mean the signer's own.
//
// Encryption contexts are {app, chamber_id, share}: KMS logs them in CloudTrail, and a key's policy can demand them.
//
// A file is read anew each time, and no key is kept: what is not in memory is in no dump, and a replaced file counts at
// once. It is of 32 raw bytes; a text would have to be parsed, trimmed and wiped.
//
// A key that does not exist counts as denied and not as unavailable: KMS says so of keys in other accounts too, and time
// mends neither. Disabled keys and those that wait for their deletion are denied by name, so that somebody can rescue them.
//
// All of a region's keys share a client, and all regions the credentials. They are loaded at the first use and not at the
// start: a signer whose instance profile is late starts nevertheless, and asks again.
//
// What travels to KMS passes through buffers of the SDK and of the TLS connection, which nobody can wipe. They hold single
// shares, never what a quorum of them makes.
package kek

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// MaxPlaintext is the length in bytes of what can be wrapped; KMS sets it.
const MaxPlaintext = 4096

// maxCiphertext is the length in bytes of what KMS unwraps.
const maxCiphertext = 6144

// What every failure of a Key wraps.
var (
	// ErrUnavailable says that the key cannot be reached, is slow, or throttles: worth a retry.
	ErrUnavailable = errors.New("key-encryption key unavailable")
	// ErrDenied says that the key must not be used: no access, not found, disabled, pending deletion, or readable by others.
	ErrDenied = errors.New("key-encryption key denied")
	// ErrRejected says that a ciphertext is not one of this key and binding, or that an answer makes no sense.
	ErrRejected = errors.New("key-encryption key rejected the data")
)

// ErrNotNeeded is the cause of a context that breaks a call off because others have answered already. Such a call has
// neither succeeded nor failed: [Config.Observe] is not told.
var ErrNotNeeded = errors.New("key-encryption key not needed any more")

var errPlaintext = errors.New("what is wrapped must be of 1 to 4096 bytes")

// Key is an open key-encryption key.
type Key interface {
	// Wrap encrypts 1 to [MaxPlaintext] bytes.
	Wrap(ctx context.Context, plaintext []byte, binding Binding) ([]byte, error)
	// Unwrap returns what was wrapped with the same binding, of 1 to [MaxPlaintext] bytes. The caller wipes it.
	Unwrap(ctx context.Context, ciphertext []byte, binding Binding) ([]byte, error)
	// Check tells, without any secret, whether the key exists and is ready for use.
	Check(ctx context.Context) error
}

// Binding is what a wrapped secret belongs to.
type Binding struct {
	ChamberID string
	Share     int
}

const app = "containment-chamber"

// context is the encryption context for KMS.
func (b Binding) context() map[string]string {
	return map[string]string{"app": app, "chamber_id": b.ChamberID, "share": strconv.Itoa(b.Share)}
}

// data is the associated data for AES-GCM: distinct for distinct bindings, since the share ends at a space.
func (b Binding) data() []byte {
	return fmt.Appendf(nil, "%s kek file 1 %d %s", app, b.Share, b.ChamberID)
}
