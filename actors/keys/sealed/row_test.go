package sealed_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/messages"
)

func mustSeal(t rapid.TB, n int, as sealed.Attributes, under messages.DerivedKey) sealed.Row {
	t.Helper()
	row, err := sealed.Seal(sealedtest.Key(n), as, under)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func drawAttributes(t *rapid.T) sealed.Attributes {
	return sealed.Attributes{
		Status: rapid.SampledFrom([]sealed.Status{sealed.Active, sealed.Inactive}).Draw(t, "status"), Canary: rapid.Bool().Draw(t, "canary"),
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		under, as := sealedtest.Derived(1), drawAttributes(t)
		row := mustSeal(t, 7, as, under)
		if row.Status != as.Status || row.Canary != as.Canary || row.Created.IsZero() || !row.Created.Equal(row.Changed) || len(row.Sealed) != sealed.SealedSize {
			t.Errorf("made %+v", row)
		}
		if bytes.Contains(row.Sealed, sealedtest.Secret(7)) {
			t.Error("it is not encrypted")
		}
		key, err := row.Open(under)
		if err != nil || key.PublicKey() != row.PublicKey {
			t.Fatalf("opened: %v", err)
		}
		if again := mustSeal(t, 7, as, under); bytes.Equal(again.Sealed, row.Sealed) || again.Fingerprint() == row.Fingerprint() {
			t.Error("sealed twice, it is the same")
		}
	})
}

// Whatever is changed of a row gives no key, and says why.
func TestForgeriesAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		under, other := sealedtest.Derived(1), sealedtest.Derived(2)
		row := mustSeal(t, 1, drawAttributes(t), under)
		neighbour := mustSeal(t, 2, sealed.Attributes{Status: row.Status, Canary: row.Canary}, under)
		before := row.Fingerprint()
		want := sealed.ErrEdited
		switch rapid.IntRange(0, 8).Draw(t, "forgery") {
		case 0:
			row.Sealed = neighbour.Sealed
		case 1:
			row.PublicKey = neighbour.PublicKey
		case 2:
			row.Status = map[sealed.Status]sealed.Status{sealed.Active: sealed.Inactive, sealed.Inactive: sealed.Active}[row.Status]
		case 3:
			row.Canary = !row.Canary
		case 4:
			bit := rapid.IntRange(8, 8*len(row.Sealed)-1).Draw(t, "bit")
			row.Sealed[bit/8] ^= 1 << (bit % 8)
		case 5:
			row.Sealed = row.Sealed[:rapid.IntRange(0, len(row.Sealed)-1).Draw(t, "length")]
		case 6:
			row, want = mustSeal(t, 1, sealed.Attributes{Status: row.Status}, other), sealed.ErrOtherChamber
		case 7: // the other chamber's row, under this one's name
			row = mustSeal(t, 1, sealed.Attributes{Status: row.Status}, other)
			row.ChamberID = under.ChamberID
		case 8:
			row.Sealed[0], want = byte(rapid.IntRange(2, 255).Draw(t, "scheme")), sealed.ErrNewer
		}
		key, err := row.Open(under)
		if key != nil || !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if row.Fingerprint() == before {
			t.Error("the fingerprint is the same")
		}
	})
}

// Somebody who has the key, and lies about what it encrypts, is found out.
func TestWrongSecretsAreRefused(t *testing.T) {
	under := sealedtest.Derived(1)
	row := mustSeal(t, 1, sealed.Attributes{Status: sealed.Active}, under)
	for name, secret := range map[string][]byte{"another key": sealedtest.Secret(2), "no key": make([]byte, 32), "too short": make([]byte, 31)} {
		lie := sealedtest.Forge(row, secret, under)
		if key, err := lie.Open(under); key != nil || !errors.Is(err, sealed.ErrWrongKey) && !errors.Is(err, sealed.ErrEdited) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealRefusesWipedKeys(t *testing.T) {
	key := sealedtest.Key(1)
	key.Wipe()
	if row, err := sealed.Seal(key, sealed.Attributes{Status: sealed.Active}, sealedtest.Derived(1)); err == nil || row.Sealed != nil {
		t.Error("sealed zeros")
	}
}

// firstVersion is a row that was made once, opened by another program (Python's cryptography), and must open for ever.
func firstVersion(t testing.TB) sealed.Row {
	t.Helper()
	public, err := messages.ParsePublicKey("0xa52d4ea6cac646373ecd120dec766052d58d739148416ae704fe26d8ad8642cfc2061050907a581d7220e9abf786d391")
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Row{
		PublicKey: public, ChamberID: strings.Repeat("01", 16), Status: sealed.Active,
		Sealed: sealedtest.Hex("0121d478a738c128fab354efbcd24a2827344e72748dd4ad68fe9063c3d6924ab85323e07ce121443a717844b5b0ef4b1a388576123d622c4f66196115"),
	}
}

// The construction is what its documentation says.
func TestRowOfTheFirstVersion(t *testing.T) {
	key, err := firstVersion(t).Open(sealedtest.Derived(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), key); err != nil {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	under := sealedtest.Derived(1)
	row := firstVersion(f) // the processes that fuzz know the same row
	f.Add(row.Sealed, row.ChamberID)
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, content []byte, chamber string) {
		edited := row
		edited.Sealed, edited.ChamberID = content, chamber
		key, err := edited.Open(under)
		if (err == nil) != (bytes.Equal(content, row.Sealed) && chamber == row.ChamberID) || (key == nil) != (err != nil) {
			t.Errorf("%x of %q: %v", content, chamber, err)
		}
	})
}
