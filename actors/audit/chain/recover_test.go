package chain_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/audit/chain"
)

func recovered(t interface{ Fatal(...any) }, content []byte) chain.Recovered {
	r, err := chain.Recover(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// resume goes on in a file as the signer does.
func resume(content []byte, r chain.Recovered, n int) []byte {
	if r.Unended {
		content = append(content, '\n')
	}
	content, head := r.Head.Append(content, r.Head.Opening(noon, r.Torn))
	for range n {
		content, head = head.Append(content, record())
	}
	return content
}

// TestTornAnywhere cuts a file anywhere, as a crash does, puts what a file system may leave behind it, and goes on: the
// chain verifies, and every record before the cut is still in it.
func TestTornAnywhere(t *testing.T) {
	whole, _ := file(chain.Head{}, 6)
	firstLine := bytes.IndexByte(whole, '\n') + 1
	rapid.Check(t, func(rt *rapid.T) {
		cut := rapid.IntRange(firstLine, len(whole)).Draw(rt, "cut")
		left := rapid.SampledFrom([]string{"", "\x00\x00\x00", "\n", "\x00\n\x00\n", "{\"seq\":3}\n", "x"}).Draw(rt, "left")
		content := append(bytes.Clone(whole[:cut]), left...)
		before := uint64(bytes.Count(whole[:cut], []byte("\n")))
		r := recovered(rt, content)
		if r.Head.Seq < before || r.Head.Seq > before+1 {
			rt.Fatalf("%d records before the cut, recovered up to %d", before, r.Head.Seq)
		}
		content = resume(content, r, 2)
		report, err := verify(content)
		if err != nil {
			rt.Fatalf("after %+v: %v\n%s", r, err, content)
		}
		if report.Records != r.Head.Seq+3 || report.Unfinished != 0 || (report.Torn == 1) != (r.Torn > 0) {
			rt.Fatalf("after %+v: %+v", r, report)
		}
		if again := recovered(rt, content); again.Head != report.Head || again.Torn != 0 || again.Unended {
			rt.Fatalf("recovered %+v, verified %+v", again, report)
		}
	})
}

func TestRecover(t *testing.T) {
	if r := recovered(t, nil); r != (chain.Recovered{}) {
		t.Errorf("an empty file: %+v", r)
	}
	whole, head := file(chain.Head{}, 20_000) // more than is read
	if r := recovered(t, whole); r.Head != head {
		t.Errorf("a long file: %+v", r)
	}
	edited := bytes.Replace(whole, []byte(`"i":19999`), []byte(`"i":20000`), 1)
	if r := recovered(t, edited); r.Head.Seq != head.Seq-1 || r.Torn == 0 {
		t.Errorf("a last record that was edited: %+v", r)
	}
	for name, foreign := range map[string]string{
		"text": "hello\n", "another log": `{"level":"INFO","hash":"no"}` + "\n", "zeros": strings.Repeat("\x00", 100), "a newline": "\n",
		"long": strings.Repeat("a line of another program\n", 100_000),
	} {
		if r, err := chain.Recover(strings.NewReader(foreign), int64(len(foreign))); err == nil {
			t.Errorf("%s: taken for ours: %+v", name, r)
		}
	}
}

func FuzzRecover(f *testing.F) {
	whole, _ := file(chain.Head{}, 2)
	f.Add([]byte{}, false)
	f.Add([]byte("\n\n"), true)
	f.Add(whole[:100], true)
	f.Add([]byte(`{"seq":4,"event":"audit file opened","fields":[],"hash":"`+strings.Repeat("0", 64)+`"}`), true)
	f.Fuzz(func(t *testing.T, tail []byte, behind bool) {
		content := tail
		if behind {
			content = append(bytes.Clone(whole), tail...)
		}
		r, err := chain.Recover(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if behind && len(tail) < 1<<19 {
				t.Errorf("three sound records were not found: %v", err)
			}
			return
		}
		if len(content) == 0 || !behind {
			return // what is not ours may look like ours
		}
		if report, err := verify(resume(content, r, 1)); err != nil && r.Head.Seq == 3 {
			t.Errorf("%+v: %v, %+v", r, err, report)
		}
	})
}

func FuzzVerify(f *testing.F) {
	whole, _ := file(chain.Head{}, 2)
	f.Add(whole)
	f.Add([]byte(`{"seq":0}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if report, err := verify(content); err == nil && report.Records == 0 && bytes.IndexByte(content, '\n') >= 0 {
			t.Errorf("lines without a record are no stream")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	fields := []slog.Attr{
		slog.String("pubkey", "0x"+strings.Repeat("ab", 48)), slog.String("operation", "ATTESTATION"), slog.Uint64("slot", 9_600_001),
		slog.Uint64("source_epoch", 300_000), slog.Uint64("target_epoch", 300_001), slog.String("outcome", "signed"),
		slog.String("client", "-"), slog.String("request_id", "JVW4QZ2GZB5XKJ7KIQWM2Q5RSD"), slog.Float64("took_ms", 1.234),
	}
	var buf []byte
	var head chain.Head
	b.ReportAllocs()
	for b.Loop() {
		buf, head = head.Append(buf[:0], record(fields...))
	}
	b.SetBytes(int64(len(buf)))
}
