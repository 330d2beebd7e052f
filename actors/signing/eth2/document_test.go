package eth2_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// grammar is JSON and what is nearly JSON.
var grammar = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `-1.5e-7`, `1E+2`, `true`, `false`, `null`, ` { "a" : [ 1 , 2 ] , "b" : { } } `,
	`"\u00e9\"\\\/\b\f\n\r\t"`, "\"\x80\xff\"", `[[[[]]]]`, `{"a":1,"a":2}`,
	``, ` `, `{`, `}`, `[`, `]`, `"`, `"\`, `"\u12`, `"\u12g4"`, `"\x"`, "\"\n\"", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{a:1}`, `{1:1}`,
	`[1,]`, `[,1]`, `[1 2]`, `[1`, `01`, `-`, `+1`, `.5`, `1.`, `1e`, `1e+`, `0x1`, `tru`, `truex`, `nul`, `1 1`, `{} {}`, `NaN`, "\ufeff{}",
	`'a'`, `{"a":1}}`, `[1]]`, "\x00", "1\x00", "{\"a\"\x0b:1}", "// {}", `1-`, `--1`, `1.e1`, `1e1.5`,
}

// FuzzJSON compares our reading of the grammar with encoding/json's, up to our limits on depth and number.
func FuzzJSON(f *testing.F) {
	for _, text := range grammar {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > 32 {
			t.Skip("may be too deep for us")
		}
		if got, want := eth2.IsJSON(body), json.Valid(body); got != want {
			t.Errorf("%q: %v, want %v", body, got, want)
		}
	})
}

func TestTooMuchJSONIsRefused(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for body, want := range map[string]string{
		`{"junk":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`: "body: nested deeper than 32 levels",
		`{"junk":[0` + strings.Repeat(",0", 1<<16) + `]}`:                        "body: more than 65536 values",
		`{"junk":[0` + strings.Repeat(",0", 1000) + `]}`:                         "type: missing",
		`{"junk":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`:     "type: missing",
		`{"type":"ATTESTATION"`: "body: not JSON",
	} {
		_, err := decoder.Decode([]byte(body))
		if !errors.Is(err, messages.ErrMalformed) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", body, err, want)
		}
	}
}
