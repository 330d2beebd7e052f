package dynamodb

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func checker(m eip3076.Marker) genuine {
	return func(h eip3076.Head, sum digest, with eip3076.Mark) error {
		return m.CheckHeadOver(messages.PublicKey{1}, h, sum, with)
	}
}

func TestHeadThatCannotBeBelieved(t *testing.T) {
	key := messages.PublicKey{1}
	d := document{rows: rows{blocks: []eip3076.Block{{Slot: 1}}, votes: []eip3076.Attestation{{Target: 1}}}}
	other := d
	other.Low.Slot, other.rows = 9, rows{blocks: []eip3076.Block{{Slot: 2}}, votes: []eip3076.Attestation{{Target: 2}}}
	for name, marks := range map[string]eip3076.Marker{"without a key": {}, "with a key": *storetest.Marks(1)} {
		t.Run(name, func(t *testing.T) {
			good, changed := newEntry(key, d, marks), newEntry(key, other, marks).item(key)
			if read, err := readHead(key, good.item(key), checker(marks)); err != nil || !read.is(good.item(key)) || read.is(changed) {
				t.Fatalf("%+v, %v", read, err)
			}
			for attribute, kind := range map[string]string{
				"body": eip3076.RowWatermark, "tag": eip3076.RowWatermark, "scheme": eip3076.RowWatermark, "blocks": eip3076.RowBlock, "votes": eip3076.RowAttestation,
			} {
				without, with := good.item(key), good.item(key)
				delete(without, attribute)
				with[attribute] = changed[attribute]
				if attribute == "scheme" {
					with[attribute] = number(2)
				}
				for _, i := range []item{without, with} {
					var row eip3076.RowError
					if _, err := readHead(key, i, checker(marks)); !errors.As(err, &row) || row.Kind != kind {
						t.Errorf("%s: %v", attribute, err)
					}
					if good.is(i) {
						t.Errorf("%s: the head is taken for the one before", attribute)
					}
				}
			}
		})
	}
}

func TestConditionIsAboutEveryAttribute(t *testing.T) {
	e := newEntry(messages.PublicKey{1}, document{}, eip3076.Marker{})
	text, values := e.condition()
	stored := e.item(messages.PublicKey{1})
	delete(stored, "pk")
	want := item{}
	for name, value := range stored {
		want[":"+name] = value
	}
	if text != "blocks = :blocks AND body = :body AND scheme = :scheme AND tag = :tag AND votes = :votes" || len(values) != len(want) {
		t.Errorf("got %s with %v", text, values)
	}
	if i, err := readHead(messages.PublicKey{1}, item{}, nil); err != nil || i.stored {
		t.Errorf("of nothing: %+v, %v", i, err)
	}
}

func TestBundleThatCannotBeBelieved(t *testing.T) {
	good := bundle{rows: rows{votes: []eip3076.Attestation{{Target: 1}}}}
	other := bundle{below: eip3076.Floor{Slot: 1}, rows: rows{blocks: []eip3076.Block{{Slot: 1}}, votes: []eip3076.Attestation{{Target: 2}}}}
	for name, i := range map[string]item{
		"gone": nil, "exchanged": other.item("x"), "no body": {"blocks": blob(nil)},
		"other blocks": {"body": good.item("x")["body"], "blocks": other.item("x")["blocks"], "votes": good.item("x")["votes"]},
		"other votes":  {"body": good.item("x")["body"], "blocks": good.item("x")["blocks"], "votes": other.item("x")["votes"]},
		"no votes":     {"body": good.item("x")["body"], "blocks": good.item("x")["blocks"]},
	} {
		if _, err := readBundle(i, "x", good.digest()); !errors.Is(err, messages.ErrRowRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
