package eip3076_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var (
	chain = messages.Root{1, 31: 2}
	key   = messages.PublicKey{3, 47: 4}
)

// file returns an interchange file with this data array.
func file(data string) string {
	return fmt.Sprintf(`{"metadata":{"interchange_format_version":"5","genesis_validators_root":%q},"data":%s}`, chain, data)
}

// entry returns a data array of one validator.
func entry(blocks, votes string) string {
	return fmt.Sprintf(`[{"pubkey":%q,"signed_blocks":[%s],"signed_attestations":[%s]}]`, key, blocks, votes)
}

func decode(text string) (histories []eip3076.History, root messages.Root, err error) {
	root, err = eip3076.Decode(strings.NewReader(text), func(h eip3076.History) error {
		histories = append(histories, h)
		return nil
	})
	return histories, root, err
}

func TestDecode(t *testing.T) {
	full := eip3076.History{
		Key:          key,
		Blocks:       []eip3076.Block{block(81952, 5), {Slot: 7}},
		Attestations: []eip3076.Attestation{vote(2290, 3007, 6), {Source: 8, Target: 9}},
	}
	root := func(b byte) string { return messages.Root{31: b}.String() }
	normal := entry(`{"slot":"81952","signing_root":"`+root(5)+`"},{"slot":"7"}`,
		`{"source_epoch":"2290","target_epoch":"3007","signing_root":"`+root(6)+`"},{"source_epoch":"8","target_epoch":"9"}`)
	bare := strings.TrimPrefix(key.String(), "0x")
	for name, c := range map[string]struct {
		text string
		want []eip3076.History
	}{
		"no data":             {file(`[]`), nil},
		"null data":           {file(`null`), nil},
		"as specified":        {file(normal), []eip3076.History{full}},
		"upper case":          {file(strings.ReplaceAll(normal, bare, strings.ToUpper(bare))), []eip3076.History{full}},
		"without prefix":      {file(strings.ReplaceAll(normal, "0x", "")), []eip3076.History{full}},
		"null roots":          {file(strings.ReplaceAll(normal, `"7"`, `"7","signing_root":null`)), []eip3076.History{full}},
		"numbers":             {file(strings.NewReplacer(`"81952"`, `81952`, `"9"`, `9`).Replace(normal)), []eip3076.History{full}},
		"version as a number": {strings.Replace(file(normal), `"5"`, `5`, 1), []eip3076.History{full}},
		"unknown fields":      {file(strings.Replace(normal, `"pubkey"`, `"x":[{"y":{}}],"pubkey"`, 1)), []eip3076.History{full}},
		"null lists":          {file(`[{"pubkey":"` + bare + `","signed_blocks":null,"signed_attestations":null}]`), []eip3076.History{{Key: key}}},
		"twice the same key":  {file(normal[:len(normal)-1] + "," + normal[1:]), []eip3076.History{full, full}},
		"key last": {
			file(fmt.Sprintf(`[{"signed_attestations":[],"signed_blocks":[{"slot":"1"}],"pubkey":%q}]`, key)),
			[]eip3076.History{{Key: key, Blocks: []eip3076.Block{{Slot: 1}}}},
		},
		"metadata last": {
			fmt.Sprintf(`{"data":%s,"metadata":{"genesis_validators_root":%q,"interchange_format_version":"5"}}`, normal, chain),
			[]eip3076.History{full},
		},
		"greatest number": {
			file(entry(fmt.Sprintf(`{"slot":"%d"}`, uint64(eip3076.MaxNumber)), "")),
			[]eip3076.History{{Key: key, Blocks: []eip3076.Block{{Slot: eip3076.MaxNumber}}}},
		},
	} {
		got, root, err := decode(c.text)
		if err != nil || root != chain || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v, %v", name, got, root, err)
		}
	}
}

func TestDecodeReturnsTheErrorOfEach(t *testing.T) {
	mine := errors.New("mine")
	_, err := eip3076.Decode(strings.NewReader(file(entry("", ""))), func(eip3076.History) error { return mine })
	if !errors.Is(err, mine) || errors.Is(err, messages.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

// What is decoded and encoded decodes to the same, and nothing but a malformed file is refused.
func FuzzDecode(f *testing.F) {
	f.Add(file(`[]`))
	f.Add(file(entry(`{"slot":"1"},{"slot":2,"signing_root":null}`, `{"source_epoch":"1","target_epoch":"2"}`)))
	f.Add(file(entry(`{"slot":"1","signing_root":"`+messages.Root{1}.String()+`"}`, "")))
	f.Add(`{"data":[{"pubkey":"0x"}],"metadata":5}`)
	f.Fuzz(func(t *testing.T, text string) {
		histories, root, err := decode(text)
		if err != nil {
			if !errors.Is(err, messages.ErrMalformed) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, other, err := decode(encode(t, root, histories...))
		if err != nil || other != root || !reflect.DeepEqual(again, histories) {
			t.Fatalf("%+v became %+v, %v", histories, again, err)
		}
	})
}
