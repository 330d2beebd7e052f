package eip3076_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestDecodeRefuses(t *testing.T) {
	good := file(entry("", ""))
	for text, want := range map[string]string{
		"":                                     "it ends too early",
		"[]":                                   "not an object",
		"{":                                    "it ends too early",
		"{}":                                   "is missing",
		good + "{}":                            "something follows",
		good[:len(good)-1]:                     "it ends too early",
		strings.Replace(good, `"5"`, `"4"`, 1): "metadata: interchange_format_version is \"4\"",
		strings.Replace(good, chain.String(), "0x00", 1):                     "metadata: genesis_validators_root: ",
		strings.Replace(good, chain.String(), messages.Root{}.String(), 1):   "the zero root belongs to no chain",
		strings.Replace(good, key.String(), "0xzz", 1):                       "data[0]: pubkey: ",
		strings.Replace(good, `"signed_blocks"`, `"signed_block"`, 1):        "data[0]: signed_blocks is missing",
		strings.Replace(good, `"signed_blocks"`, `"signed_attestations"`, 1): "signed_attestations is given twice",
		strings.Replace(good, `"metadata"`, `"data":[],"metadata"`, 1):       "data is given twice",
		file(`{}`):                                                       "data is not an array",
		file(`[1]`):                                                      "data[0]: not an object",
		file(entry(`{"slot":"1"},{}`, "")):                               "data[0]: signed_blocks[1]: slot is missing",
		file(entry(`{"slot":"1"},5`, "")):                                "signed_blocks[1]: a number where",
		file(entry(`{"slot":"-1"}`, "")):                                 `slot: "-1" is not a whole number`,
		file(entry(`{"slot":1.5}`, "")):                                  `"1.5" is not a whole number`,
		file(entry(`{"slot":null}`, "")):                                 `"null" is not a whole number`,
		file(entry(`{"slot":"1","slot":"2"}`, "")):                       "slot: given twice",
		file(entry(`{"slot":"9223372036854775807"}`, "")):                "is greater than 9223372036854775806",
		file(entry(`{"slot":"18446744073709551616"}`, "")):               "is not a whole number",
		file(entry(`{"slot":"1","signing_root":"0x12"}`, "")):            "signed_blocks[0]: signing_root: ",
		file(entry(`{"slot":"1","signing_root":""}`, "")):                "signing_root: ",
		file(entry("", `{"source_epoch":"1"}`)):                          "signed_attestations[0]: target_epoch is missing",
		file(entry("", `{"source_epoch":"a","target_epoch":"1"}`)):       "signed_attestations[0]: source_epoch: ",
		file(entry("", `{"source_epoch":"1","target_epoch":"1"} {"a":`)): "not JSON",
	} {
		_, _, err := decode(text)
		if !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got: %v\nwant: %s", text, err, want)
		}
	}
}

func TestDecodePassesOnAnErrorOfReading(t *testing.T) {
	_, err := eip3076.Decode(unreadable{}, func(eip3076.History) error { return nil })
	if !errors.Is(err, errUnreadable) || errors.Is(err, messages.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

var errUnreadable = errors.New("unreadable")

type unreadable struct{}

func (unreadable) Read([]byte) (int, error) { return 0, errUnreadable }
