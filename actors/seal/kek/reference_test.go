package kek_test

import (
	"encoding/json"
	"strings"
	"testing"

	"containment-chamber/actors/seal/kek"
)

const id = "1234abcd-12ab-34cd-56ef-1234567890ab"

func TestParse(t *testing.T) {
	for text, want := range map[string]struct{ text, path string }{
		"file:key":                {"file:key", "key"},
		"file:/a//b/../key":       {"file:/a/key", "/a/key"},
		"file:///a/key":           {"file:/a/key", "/a/key"},
		"file:a key: with colons": {"file:a key: with colons", "a key: with colons"},
		"arn:aws:kms:us-east-1:111111111111:key/" + id:            {},
		"arn:aws:kms:ap-southeast-1:111111111111:key/" + id:       {},
		"arn:aws:kms:us-east-1:111111111111:key/mrk-0a1b2c3d":     {},
		"arn:aws:kms:us-east-1:111111111111:alias/a_b/c-d":        {},
		"arn:aws-cn:kms:cn-north-1:111111111111:key/" + id:        {},
		"arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/" + id: {},
	} {
		if want.text == "" {
			want.text = text
		}
		r, err := kek.Parse(text)
		if err != nil || r.String() != want.text || r.Path() != want.path {
			t.Errorf("%s: %s with path %q, %v; want %s, %q", text, r, r.Path(), err, want.text, want.path)
		}
		var back kek.Reference
		if text, err := json.Marshal(r); err != nil || json.Unmarshal(text, &back) != nil || back != r {
			t.Errorf("%s: through JSON it is %s, %v", r, back, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "key", "vault:transit/key", "FILE:key",
		"file:", "file:a\x00b", "file:" + strings.Repeat("a", 4097),
		"arn:", "arn:aws:kms", "arn:aws:s3:us-east-1:111111111111:key/" + id,
		"arn:azure:kms:us-east-1:111111111111:key/" + id,
		"arn:aws:kms::111111111111:key/" + id,
		"arn:aws:kms:us-east:111111111111:key/" + id,
		"arn:aws:kms:evil.example/-1:111111111111:key/" + id,
		"arn:aws:kms:us-east-1:11111111111:key/" + id,
		"arn:aws:kms:us-east-1:111111111111:key/",
		"arn:aws:kms:us-east-1:111111111111:key/" + id + "\n",
		"arn:aws:kms:us-east-1:111111111111:grant/" + id,
		" arn:aws:kms:us-east-1:111111111111:key/" + id,
	} {
		if r, err := kek.Parse(text); err == nil || r != (kek.Reference{}) {
			t.Errorf("%q: parsed as %q", text, r)
		}
		var r kek.Reference
		if err := r.UnmarshalText([]byte(text)); err == nil || r != (kek.Reference{}) {
			t.Errorf("%q: unmarshalled as %q", text, r)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "file:/a/b", "file:..", "arn:aws:kms:us-east-1:111111111111:key/" + id, "arn:aws:kms:us-east-1:111111111111:alias/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := kek.Parse(text)
		if err != nil {
			return
		}
		if again, err := kek.Parse(r.String()); err != nil || again != r {
			t.Errorf("%q is %q, and that is %q, %v", text, r, again, err)
		}
	})
}
