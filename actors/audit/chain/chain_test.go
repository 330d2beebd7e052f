package chain_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"containment-chamber/actors/audit/chain"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 123456789, time.UTC)

func record(fields ...slog.Attr) chain.Record {
	return chain.Record{Time: noon, Level: slog.LevelWarn, Event: "signing request", Fields: fields}
}

// file writes an opening record and n more.
func file(head chain.Head, n int) ([]byte, chain.Head) {
	buf, head := head.Append(nil, head.Opening(noon, 0))
	for i := range n {
		buf, head = head.Append(buf, record(slog.Int("i", i)))
	}
	return buf, head
}

func verify(files ...[]byte) (chain.Report, error) {
	var v chain.Verifier
	for i, f := range files {
		if err := v.File(string(rune('a'+i)), bytes.NewReader(f)); err != nil {
			return v.Report(), err
		}
	}
	return v.Report(), nil
}

// TestClockJumps: order is the chain's, not the clock's, which may be set back.
func TestClockJumps(t *testing.T) {
	buf, head := file(chain.Head{}, 1)
	for _, jump := range []time.Duration{-time.Hour, 24 * time.Hour, -100 * 365 * 24 * time.Hour} {
		buf, head = head.Append(buf, chain.Record{Time: noon.Add(jump), Event: "jump"})
	}
	if report, err := verify(buf); err != nil || report.Records != 5 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestFormat computes the hash in another way than the code.
func TestFormat(t *testing.T) {
	body := `{"seq":1,"time":"2026-11-01T12:00:00.123456Z","level":"WARN","event":"signing request","fields":{"a":"b","n":-1}`
	sum := sha256.Sum256(append(make([]byte, 32), body...))
	want := body + `,"hash":"` + hex.EncodeToString(sum[:]) + "\"}\n"
	line, head := chain.Head{}.Append(nil, record(slog.String("a", "b"), slog.Int("n", -1)))
	if string(line) != want {
		t.Errorf("got  %swant %s", line, want)
	}
	if head.Seq != 1 || head.Hash != sum {
		t.Errorf("head %+v", head)
	}
}

func TestVerifyAcceptsWhatWasAppended(t *testing.T) {
	first, head := file(chain.Head{}, 3)
	second, head := file(head, 2)
	report, err := verify(first, second)
	if err != nil {
		t.Fatal(err)
	}
	if report.Files != 2 || report.Records != 7 || report.Head != head || report.First.Seq != 1 || report.Last.Seq != 7 ||
		!report.Last.Time.Equal(noon.Truncate(time.Microsecond)) {
		t.Errorf("%+v", report)
	}
	if report, err := verify(second); err != nil || report.First.Seq != 5 {
		t.Errorf("the second file alone: %+v, %v", report, err)
	}
}

func TestVerifyFindsTheFirstBreak(t *testing.T) {
	whole, head := file(chain.Head{}, 4)
	lines := bytes.SplitAfter(whole, []byte("\n"))[:5]
	other, _ := file(chain.Head{Seq: 2}, 4)
	next, _ := file(head, 1)
	join := func(l ...[]byte) []byte { return bytes.Join(l, nil) }
	for name, test := range map[string]struct {
		files  [][]byte
		broken string // how the error begins
	}{
		"edited":            {[][]byte{bytes.Replace(whole, []byte(`"i":1`), []byte(`"i":7`), 1)}, "a, line 3: its hash"},
		"removed":           {[][]byte{join(lines[0], lines[1], lines[3], lines[4])}, "a, line 3: it has number 4 where 3"},
		"reordered":         {[][]byte{join(lines[0], lines[2], lines[1], lines[3])}, "a, line 2: it has number 3"},
		"twice":             {[][]byte{join(lines[0], lines[1], lines[1], lines[2])}, "a, line 3: it has number 2"},
		"another chain's":   {[][]byte{join(lines[0], lines[1], other)}, "a, line 3: its hash"},
		"beginning cut off": {[][]byte{join(lines[1:]...)}, "a, line 1: it is not the record that begins"},
		"junk":              {[][]byte{join(lines[0], []byte("junk\n"), lines[1])}, "a, line 2: it is no record"},
		"an empty line":     {[][]byte{join(lines[0], []byte("\n"), lines[1])}, "a, line 2: it is no record"},
		"a huge line":       {[][]byte{join(lines[0], bytes.Repeat([]byte("x"), 2<<20), lines[1])}, "a, line 2: it is no record"},
		"a file is missing": {[][]byte{whole, join(other)}, "b, line 1: it has number 3 where 6"},
		"wrong order":       {[][]byte{next, whole}, "b, line 1: it has number 1 where 8"},
		"hash cut":          {[][]byte{join(lines[0], lines[1][:len(lines[1])-4], []byte("\n"), lines[2])}, "a, line 2:"},
		"not a file of it":  {[][]byte{[]byte("hello\n")}, "a, line 1:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify(test.files...)
			if err == nil || !strings.HasPrefix(err.Error(), test.broken) {
				t.Errorf("got %v, want %s…", err, test.broken)
			}
		})
	}
}

// TestOneByte changes any one byte of a file: the break is found, and not behind the line that was changed.
func TestOneByte(t *testing.T) {
	whole, _ := file(chain.Head{}, 5)
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(whole)-1).Draw(rt, "at")
		flip := byte(rapid.IntRange(1, 255).Draw(rt, "flip"))
		if at == len(whole)-1 {
			return // without its newline the last record is unfinished, no break
		}
		edited := bytes.Clone(whole)
		edited[at] ^= flip
		_, err := verify(edited)
		broken, ok := err.(*chain.BrokenError)
		if !ok {
			rt.Fatalf("byte %d: not found: %v", at, err)
		}
		if line := bytes.Count(whole[:at], []byte("\n")) + 1; broken.Line > line {
			rt.Fatalf("byte %d of line %d: found in line %d", at, line, broken.Line)
		}
	})
}

func TestUnfinishedEnd(t *testing.T) {
	whole, _ := file(chain.Head{}, 2)
	report, err := verify(whole[:len(whole)-10])
	if err != nil || report.Records != 2 || report.Unfinished == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}
