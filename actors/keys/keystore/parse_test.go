package keystore_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/keys/keystore"
)

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ vector, old, new, want string }{
		"version 3":           {scryptVector, `"version": 4`, `"version": 3`, "version must be 4"},
		"version as a string": {scryptVector, `"version": 4`, `"version": "4"`, "version must be 4"},
		"no version":          {scryptVector, `"version": 4`, `"revision": 4`, "version must be 4"},
		"kdf unknown":         {scryptVector, `"scrypt"`, `"argon2"`, "kdf function"},
		"kdf missing":         {scryptVector, `"kdf"`, `"KDF2"`, "dklen"},
		"dklen":               {scryptVector, `"dklen": 32`, `"dklen": 31`, "dklen"},
		"no salt":             {scryptVector, `"salt": "d4e5`, `"sand": "d4e5`, "salt"},
		"salt not hex":        {scryptVector, `"salt": "d4e5`, `"salt": "0xd4e5`, "hexadecimal"},
		"n zero":              {scryptVector, `262144`, `0`, "power of two"},
		"n one":               {scryptVector, `262144`, `1`, "power of two"},
		"n negative":          {scryptVector, `262144`, `-262144`, "power of two"},
		"n odd":               {scryptVector, `262144`, `262143`, "power of two"},
		"n hostile":           {scryptVector, `262144`, `2097152`, "2^23"},
		"n most hostile":      {scryptVector, `262144`, `4611686018427387904`, "2^23"},
		"n too long":          {scryptVector, `262144`, `1e30`, "crypto.kdf.params.n has the wrong type"},
		"r zero":              {scryptVector, `"r": 8`, `"r": 0`, "at least 1"},
		"r hostile":           {scryptVector, `"r": 8`, `"r": 1073741824`, "2^23"},
		"p zero":              {scryptVector, `"p": 1`, `"p": 0`, "at least 1"},
		"p hostile":           {scryptVector, `"p": 1`, `"p": 5`, "2^23"},
		"c zero":              {pbkdf2Vector, `262144`, `0`, "pbkdf2 c"},
		"c hostile":           {pbkdf2Vector, `262144`, `16777217`, "pbkdf2 c"},
		"prf":                 {pbkdf2Vector, `hmac-sha256`, `hmac-sha512`, "prf"},
		"checksum function":   {scryptVector, `"sha256"`, `"sha1"`, "checksum"},
		"checksum cut":        {scryptVector, `d2217fe5`, `d2217f`, "checksum"},
		"cipher function":     {scryptVector, `aes-128-ctr`, `aes-128-cbc`, "cipher"},
		"iv cut":              {scryptVector, `264daa3f`, `264daa`, "cipher"},
		"no message":          {scryptVector, `06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f`, ``, "cipher"},
		"odd message":         {scryptVector, `06ae90d5`, `06ae90d`, "hexadecimal"},
		"message a number":    {scryptVector, `"264daa3f303d7259501c93d997d84fe6"`, `17`, "crypto.cipher.params.iv has the wrong type"},
		"pubkey":              {scryptVector, `"9612`, `"12`, "pubkey"},
		"cut short":           {scryptVector, `"version": 4` + "\n}", ``, "not JSON"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(test.vector, test.old, test.new, 1)
			if text == test.vector {
				t.Fatal("the case changes nothing")
			}
			k, err := keystore.Parse([]byte(text))
			if k != nil || err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, keystore.ErrNotKeystore) {
				t.Fatalf("got %v, %v; want an error with %q", k, err, test.want)
			}
		})
	}
}

func TestParseOtherJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `17`, `"crypto"`,
		`[{"pubkey": "00", "deposit_cli_version": "2.7.0"}]`,
		`{"metadata": {"interchange_format_version": "5"}, "data": []}`,
		`{"version": "1.0.0", "name": "something"}`,
	} {
		if _, err := keystore.Parse([]byte(text)); !errors.Is(err, keystore.ErrNotKeystore) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	tests := map[string]struct{ old, new string }{
		"extra fields":     {`"version": 4`, `"version": 4, "name": "n", "encryptor": {"x": 1}`},
		"prefixed pubkey":  {`"9612`, `"0x9612`},
		"longer key":       {`"dklen": 32`, `"dklen": 64`},
		"extra parameters": {`"dklen": 32`, `"dklen": 32, "more": [1]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if k := parse(t, strings.Replace(pbkdf2Vector, test.old, test.new, 1)); k.PublicKey.String() != vectorPublic {
				t.Fatalf("parsed as %+v", k)
			}
		})
	}
}

func TestParseNoClaim(t *testing.T) {
	k := parse(t, strings.Replace(pbkdf2Vector, vectorPublic[2:], "", 1))
	if k.PublicKey != [48]byte{} {
		t.Fatalf("claims %s", k.PublicKey)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(scryptVector))
	f.Add([]byte(pbkdf2Vector))
	f.Add([]byte(strings.Replace(scryptVector, "262144", "2", 1)))
	f.Add([]byte(strings.Replace(pbkdf2Vector, "262144", "1", 1)))
	f.Add([]byte(`{"crypto": {}, "version": 4}`))
	f.Add([]byte(`[{"crypto": null}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := keystore.Parse(text)
		if err != nil {
			return
		}
		if k.Memory() > 1<<30 {
			t.Fatalf("asks for %d bytes", k.Memory())
		}
		if !isCheap(text) {
			return
		}
		if _, err := k.Decrypt([]byte("password")); err != nil && !errors.Is(err, keystore.ErrPassword) {
			t.Fatal(err)
		}
	})
}
