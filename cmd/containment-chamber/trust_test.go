package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

func TestDecodeRowKey(t *testing.T) {
	var key [secmem.Size]byte
	for i := range key {
		key[i] = byte(200 + i)
	}
	digits, letters := hex.EncodeToString(key[:]), base64.StdEncoding.EncodeToString(key[:])
	for name, c := range map[string]struct {
		text string
		fits bool
	}{
		"raw": {string(key[:]), true}, "hex": {digits, true}, "0x and a new line": {"0x" + digits + "\n", true}, "base64": {letters + "\r\n", true},
		"upper case": {strings.ToUpper(digits), true},
		"empty":      {"", false}, "31 bytes": {string(key[:31]), false}, "short hex": {digits[:62], false}, "no hex": {digits[:63] + "g", false},
		"short base64": {base64.StdEncoding.EncodeToString(key[:31]), false},
	} {
		var got [secmem.Size]byte
		err := decodeRowKey(&got, []byte(c.text))
		if c.fits != (err == nil) || c.fits && got != key || !c.fits && !errors.Is(err, errRowKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// In a signer with a chamber, offline commands open it, as keys import does; a configured key goes before the master key.
func TestHistoryUnderTheMasterKey(t *testing.T) {
	w := newWorkshop(t)
	database := "--anti-slashing-path=" + w.path("history.sqlite")
	w.write("history.json", `{"metadata": {"interchange_format_version": "5", "genesis_validators_root": "0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f"},
"data": [{"pubkey": "`+messages.PublicKey{0xa9}.String()+`", "signed_blocks": [{"slot": "5"}], "signed_attestations": []}]}`)
	open := []string{"--operator=alice", "--operator=bob", "--passphrase=alice=file:" + w.path("alice"), "--passphrase=bob=env:BOB"}
	with := func(args ...string) []string { return append(append([]string{"slashing"}, args...), database) }
	if _, stderr := w.run(2, with("import", w.path("history.json"))...); !strings.Contains(stderr, "rows are authenticated under the master key") {
		t.Error(stderr)
	}
	w.run(0, append(with("import", w.path("history.json")), open...)...)
	w.run(0, append(with("verify"), open...)...)

	w.write("rows.key", strings.Repeat("0b", 32))
	key := "--anti-slashing-hmac-key=file:" + w.path("rows.key")
	if stdout, _ := w.run(1, with("verify", key)...); !strings.Contains(stdout, "its MAC is not that of its content") {
		t.Error(stdout)
	}
	w.run(0, append(with("rekey", key, "--old-master-key"), open...)...)
	w.run(0, with("verify", key)...)
}
