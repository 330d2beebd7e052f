package messages_test

import (
	"errors"
	"log/slog"
	"testing"

	"containment-chamber/messages"
)

func TestParts(t *testing.T) {
	whole := messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}, Parent: [8]byte{3}, Sampled: true}
	one, other := whole.Part("one"), whole.Part("other")
	inner := one.Trace.Part("inner")
	for _, part := range []messages.Part{one, other} {
		if of := part.Trace; of.ID != whole.ID || of.Parent != whole.Span || of.Span == whole.Span || !of.Sampled || part.Started.IsZero() {
			t.Errorf("%+v", part)
		}
	}
	if one.Trace.Span == other.Trace.Span || inner.Trace.Parent != one.Trace.Span || inner.Trace.ID != whole.ID {
		t.Errorf("%+v, %+v, within the first %+v", one, other, inner)
	}
	if all := whole.Whole("all"); all.Trace != whole || all.Name != "all" {
		t.Errorf("%+v", all)
	}
	var published []messages.Event
	failed, about := errors.New("away"), slog.String("component", "seal")
	one.End(func(e messages.Event) { published = append(published, e) }, about, failed)
	if len(published) != 1 {
		t.Fatalf("published %v", published)
	}
	if e := published[0].(messages.PartFinished); e.Part != one || !errors.Is(e.Err, failed) || !e.About.Equal(about) || e.Took < 0 {
		t.Errorf("%+v", e)
	}
	if line := attrs(published[0]); line["part"] != "one" || line["component"] != "seal" {
		t.Errorf("%v", line)
	}
}

// TestNoParts: nothing is made of what nobody wants.
func TestNoParts(t *testing.T) {
	unwanted := messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}}
	if n := testing.AllocsPerRun(100, func() {
		for _, part := range []messages.Part{unwanted.Part("one"), unwanted.Whole("all"), unwanted.Part("one").Trace.Part("inner")} {
			if part != (messages.Part{}) {
				t.Errorf("%+v", part)
			}
			part.End(func(e messages.Event) { t.Errorf("published %v", e) }, slog.Attr{}, nil)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
