// Package chain is the format of the audit stream: lines of JSON, each bound to the one before by a hash, so that an
// edited, removed, inserted or reordered record shows. It does no I/O of its own and knows no clock.
//
// # Format
//
// A record is one line that ends in a newline:
//
//	{"seq":7,"time":"2026-01-02T03:04:05.678901Z","level":"INFO","event":"signing request","fields":{…},"hash":"<64 hex digits>"}
//
// The hash is SHA-256 over the 32 bytes of the previous record's hash, followed by the line's bytes up to, and without,
// `,"hash":`. So nothing has to be brought into a canonical form: the bytes are the form. Sequence numbers go up by
// one, over all files. Each file begins with an opening record that names the hash it goes on after (zeros where the
// stream begins), and another is written each time a file is opened.
//
// A crash can leave the end of a file unfinished. Nothing is ever cut off: a newline ends what is torn, and the opening
// record that follows says how many bytes it was, newline included. Torn bytes that no such record vouches for are a
// break of the chain.
//
// # What it does not do
//
// The hash has no key. Whoever can write the whole file can write another whole chain, and whoever cuts off the end
// leaves a shorter one that is sound. Compare with a head that is kept elsewhere: each opening is logged with its hash.
//
// # Decisions
//
// Encoding appends to a buffer, without reflection: there is a record for every signature.
//
// A field's text is bounded ([maxText]), so that a line is, and recovery can find the last one by reading a bounded
// piece of the end ([tailSize]).
package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strconv"
	"time"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// Head is the end of a chain: the last record's number and hash. The zero Head is that of an empty chain.
type Head struct {
	Seq  uint64
	Hash Hash
}

// Record is what one line says.
type Record struct {
	Time   time.Time
	Level  slog.Level
	Event  string
	Fields []slog.Attr
}

// Names in the format.
const (
	// Opened is the event of an opening record.
	Opened       = "audit file opened"
	previousHash = "previous_hash"
	tornBytes    = "torn_bytes"
	hashMember   = `,"hash":"`
	lineEnd      = `"}`
	suffixSize   = len(hashMember) + 2*sha256.Size + len(lineEnd)
	timeLayout   = "2006-01-02T15:04:05.000000Z07:00" // of a fixed width, in UTC
)

// Opening is the record that begins a file, or goes on in one after torn bytes had been left behind.
func (h Head) Opening(at time.Time, torn int64) Record {
	return Record{Time: at, Level: slog.LevelInfo, Event: Opened, Fields: []slog.Attr{
		slog.String(previousHash, hex.EncodeToString(h.Hash[:])), slog.Int64(tornBytes, torn),
	}}
}

// Append appends the line of r, the record after h, and returns the head that it makes.
func (h Head) Append(buf []byte, r Record) ([]byte, Head) {
	next := Head{Seq: h.Seq + 1}
	from := len(buf)
	buf = strconv.AppendUint(append(buf, `{"seq":`...), next.Seq, 10)
	buf = r.Time.UTC().AppendFormat(append(buf, `,"time":"`...), timeLayout)
	buf = append(append(buf, `","level":"`...), r.Level.String()...)
	buf = appendText(append(buf, `","event":`...), r.Event)
	buf = appendFields(append(buf, `,"fields":`...), r.Fields)
	next.Hash = h.Hash.over(buf[from:])
	buf = hex.AppendEncode(append(buf, hashMember...), next.Hash[:])
	return append(append(buf, lineEnd...), '\n'), next
}

// over is the hash of a record with this body after one with the hash h.
func (h Hash) over(body []byte) (sum Hash) {
	d := sha256.New()
	d.Write(h[:])
	d.Write(body)
	d.Sum(sum[:0])
	return sum
}

// split takes a line, without its newline, into what is hashed and the hash that it claims.
func split(line []byte) (body []byte, claimed Hash, ok bool) {
	if len(line) < suffixSize {
		return nil, Hash{}, false
	}
	body, suffix := line[:len(line)-suffixSize], line[len(line)-suffixSize:]
	digits, ok := bytes.CutPrefix(suffix, []byte(hashMember))
	if !ok || !bytes.HasSuffix(digits, []byte(lineEnd)) {
		return nil, Hash{}, false
	}
	_, err := hex.Decode(claimed[:], digits[:2*sha256.Size])
	return body, claimed, err == nil
}
