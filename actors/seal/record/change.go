package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"containment-chamber/actors/box"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// maxText bounds what people say: who they are, and why.
const maxText = 200

// short cuts a text to what is stored.
func short(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// Propose returns the record with a set that is to come, and the ceremony that makes it. The one in force stays.
func (r Record) Propose(next Set, rotation string) Record {
	r.Next, r.Rotation = &next, rotation
	r.Serial++
	return r
}

// Commit puts the next set in force. The caller has proved that it opens. A set that is not complete stays where it is.
func (r Record) Commit() Record {
	if r.Next == nil || !r.Next.Complete() {
		return r
	}
	r.Generation++
	r.Set, r.Next, r.Rotation = r.Next, nil, ""
	r.Serial++
	return r
}

// Replace puts a set in force that needs nobody to register. The caller has proved that it opens.
func (r Record) Replace(set Set) Record { return r.Propose(set, "").Commit() }

// Abort gives up the set that is to come; during the first registration, the chamber.
func (r Record) Abort() Record {
	if r.Stage == Registering {
		return Record{Chamber: r.Chamber, Stage: Uninitialized, Serial: r.Serial + 1, Generation: r.Generation}
	}
	r.Next, r.Rotation = nil, ""
	r.Serial++
	return r
}

// Seal marks the record: nothing opens by itself any more.
func (r Record) Seal(by, reason string, at time.Time) Record {
	r.Emergency = &Emergency{By: short(by), Reason: short(reason), At: at.Unix()}
	r.Serial++
	return r
}

// Open takes the mark off, and notes that the chamber was open.
func (r Record) Open() Record {
	r.Emergency, r.Opened = nil, true
	r.Serial++
	return r
}

const tokenPrefix = "cc_token_"

// letters are those of base32 (RFC 4648 §6), in lower case.
func letters() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// Issue makes a management token, cc_token_<id>_<secret>, which replaces the one before. Of its 256 random bits, only an
// HMAC is kept, under the key for tokens. The caller wipes the text.
func (r Record) Issue(key *secmem.Secret, by string, at time.Time) (_ Record, text []byte) {
	id := letters().EncodeToString(box.Random(10))
	secmem.Do(func() {
		secret := box.Random(32)
		defer clear(secret)
		text = letters().AppendEncode([]byte(tokenPrefix+id+"_"), secret)
	})
	r.Management = &Management{ID: id, MAC: tokenMAC(key, text), Seal: r.sealMAC(text), By: short(by), At: at.Unix()}
	r.Serial++
	return r, text
}

func notManagement() error {
	return fmt.Errorf("%w: not the management token", messages.ErrUnauthorized)
}

// CheckToken returns the id of the management token, if this is it, and otherwise [messages.ErrUnauthorized].
func (r Record) CheckToken(key *secmem.Secret, text []byte) (string, error) {
	if r.Management == nil || !hmac.Equal(tokenMAC(key, text), r.Management.MAC) {
		return "", notManagement()
	}
	return r.Management.ID, nil
}

// CheckSealToken is [Record.CheckToken] for whoever has no master key, and wants to seal the chamber and nothing else.
func (r Record) CheckSealToken(text []byte) (string, error) {
	if r.Management == nil || !hmac.Equal(r.sealMAC(text), r.Management.Seal) {
		return "", notManagement()
	}
	return r.Management.ID, nil
}

func (r Record) sealMAC(text []byte) (sum []byte) {
	secmem.Do(func() {
		mac := hmac.New(sha256.New, r.Chamber[:])
		mac.Write([]byte("management token, to seal\x00"))
		mac.Write(text)
		sum = mac.Sum(nil)
	})
	return sum
}

func tokenMAC(key *secmem.Secret, text []byte) (sum []byte) {
	secmem.Do(func() {
		key.Use(func(b *[keySize]byte) {
			mac := hmac.New(sha256.New, b[:])
			mac.Write([]byte("management token\x00"))
			mac.Write(text)
			sum = mac.Sum(nil)
		})
	})
	return sum
}

func isShort(text string) bool { return len(text) <= maxText && utf8.ValidString(text) }
