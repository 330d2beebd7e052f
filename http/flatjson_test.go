package http_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	api "containment-chamber/http"
)

func TestReadObject(t *testing.T) {
	for text, want := range map[string]error{
		`{}`: nil, " {\t} \r\n": nil, `{"a":"b"}`: nil, `{"":""}`: nil, `{"a":1,"b":-1.5e+3,"c":true,"d":false,"e":null}`: nil,
		`{"a":[]}`: nil, `{"a":[ "b" , "c" ]}`: nil, `{"a":"\u0000\ud83d\ude00\uD83D\uDE00"}`: nil, "{\"a\":\"\x7f\"}": nil,

		``: api.ErrSyntax, `{`: api.ErrSyntax, `{"a"`: api.ErrSyntax, `{"a":`: api.ErrSyntax, `{"a":1`: api.ErrSyntax, `{"a":1,}`: api.ErrSyntax,
		`{"a":1}}`: api.ErrSyntax, `{} {}`: api.ErrSyntax, `{"a" 1}`: api.ErrSyntax, `{"a":01}`: api.ErrSyntax, `{"a":tru}`: api.ErrSyntax,
		`{"a":"`: api.ErrSyntax, `{"a":"\`: api.ErrSyntax, `{"a":"\x"}`: api.ErrSyntax, `{"a":"\u12"}`: api.ErrSyntax, `{"a":"\u12g4"}`: api.ErrSyntax,
		"{\"a\":\"\n\"}": api.ErrSyntax, `{"a":["b"}`: api.ErrSyntax, `{"a":["b",]}`: api.ErrSyntax, `{'a':1}`: api.ErrSyntax, "{}\x00": api.ErrSyntax,
		"{\"a\":\"\\u\x1021a\"}": api.ErrSyntax, "\ufeff{}": api.ErrSyntax,

		`[]`: api.ErrShape, `"a"`: api.ErrShape, `1`: api.ErrShape, `null`: api.ErrShape, `{"a":{}}`: api.ErrShape, `{"a":[1]}`: api.ErrShape,
		`{"a":["b",[]]}`: api.ErrShape, `{1:2}`: api.ErrShape,

		"{\"a\":\"\xff\"}": api.ErrUTF8, "{\"\xc0\x80\":1}": api.ErrUTF8, `{"a":"\ud83d"}`: api.ErrUTF8, `{"a":"\ude00\ud83d"}`: api.ErrUTF8,
		`{"a":"\ud83dx"}`: api.ErrUTF8, `{"a":"\ud83d\n"}`: api.ErrUTF8,
	} {
		if _, err := api.ReadObject([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// FuzzReadObject holds the reader against encoding/json: what it takes means the same there, and what it calls wrong is
// wrong there.
func FuzzReadObject(f *testing.F) {
	for _, seed := range []string{
		`{"operator":"alice","passphrase":"\u00e4\ud83d\ude00\"\\\/\b\f\n\r\t"}`, `{"a":[ "b","\u0063" ],"a":-1.5e+3,"c":null,"d":true}`,
		`{"a":{}}`, `{"a":"\ud83d"}`, "{\"a\":\"\xff\"}", `{"a":1}}`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		refused := decoder.Decode(&want)
		valid := json.Valid(text)
		got, err := api.ReadObject(bytes.Clone(text))
		switch {
		case errors.Is(err, api.ErrSyntax):
			if valid {
				t.Fatalf("%q is valid", text)
			}
		case errors.Is(err, api.ErrUTF8):
			if utf8.Valid(text) && !bytes.Contains(text, []byte(`\u`)) {
				t.Fatalf("%q is UTF-8", text)
			}
		case err != nil:
		case refused != nil || !valid:
			t.Fatalf("%q was taken: %v", text, refused)
		case !reflect.DeepEqual(got, literal(want)):
			t.Fatalf("%q is %v, want %v", text, got, literal(want))
		}
	})
}

// literal has numbers and booleans as they are written.
func literal(object map[string]any) map[string]any {
	for name, v := range object {
		switch v := v.(type) {
		case json.Number:
			object[name] = v.String()
		case bool:
			object[name] = map[bool]string{true: "true", false: "false"}[v]
		}
	}
	return object
}
