package directory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/directory"
)

func TestDescriptorsThatAreGood(t *testing.T) {
	for name, text := range map[string]string{
		"quoted":           `{type: "file-raw", keyType: "BLS", privateKey: "` + aliceSecret + `"}`,
		"single quotes":    "type: 'file-raw'\nprivateKey: '0x" + aliceSecret + "'",
		"hex as a number":  "type: file-raw\nprivateKey: 0x" + aliceSecret,
		"an exponent":      "type: file-raw\nprivateKey: " + aliceSecret,
		"upper case":       "type: file-raw\nprivateKey: " + strings.ToUpper(aliceSecret),
		"key type":         "keyType: bls\ntype: file-raw\nprivateKey: " + aliceSecret,
		"CRLF":             "---\r\ntype: file-raw\r\nprivateKey: " + aliceSecret + "\r\n---\r\n",
		"markers":          "--- # first\n# nothing\n---\ntype: file-raw\nprivateKey: " + aliceSecret + "\n...\n",
		"byte-order mark":  "\ufefftype: file-raw\nprivateKey: " + aliceSecret,
		"comments":         "# a key\ntype: file-raw # raw\n\nprivateKey: " + aliceSecret + " # alice\n",
		"folded":           "type: file-raw\nprivateKey: >-\n  " + aliceSecret + "\n",
		"on a marker line": "--- {type: file-raw, privateKey: " + aliceSecret + "}\n",
	} {
		t.Run(name, func(t *testing.T) { check(t, map[string]string{"k.yaml": text}, "k.yaml: alice") })
	}
}

func TestDescriptorsThatAreBad(t *testing.T) {
	const secret = "hunter2"
	for name, test := range map[string]struct{ text, want string }{
		"misspelt":           {"type: file-raw\n\nprivatekey: " + secret, "line 3: unknown field, want type, keyType, privateKey"},
		"of another type":    {"type: file-keystore\nprivateKey: " + secret, "line 2: unknown field, want type, keyType, keystoreFile, keystorePasswordFile"},
		"secret as a field":  {"type: file-raw\n" + secret + ": x", "line 2: unknown field, want type, keyType, privateKey"},
		"merge":              {"type: file-raw\n<<: {privateKey: x}", "line 2: unknown field, want type, keyType, privateKey"},
		"no key":             {"type: file-raw", "privateKey is missing"},
		"no password":        {"type: file-keystore\nkeystoreFile: k.json", "keystorePasswordFile is missing"},
		"empty":              {"type: file-raw\nprivateKey:\n", "line 2: privateKey must have one plain value"},
		"a list":             {"type: file-raw\nprivateKey: [" + secret + "]", "line 2: privateKey must have one plain value"},
		"an anchor":          {"type: file-raw\nprivateKey: &a " + secret, "line 2: privateKey must have one plain value"},
		"a tag":              {"type: file-raw\nprivateKey: !!str " + secret, "line 2: privateKey must have one plain value"},
		"short":              {"type: file-raw\nprivateKey: " + secret, "privateKey must be 64 hex digits, with or without 0x"},
		"zero":               {"type: file-raw\nprivateKey: " + strings.Repeat("0", 64), "privateKey: not a BLS secret key: it is zero, or not below the order of the group"},
		"execution layer":    {"type: file-raw\nkeyType: SECP256K1\nprivateKey: " + secret, "keyType SECP256K1 is for the execution layer: this signer holds BLS keys only"},
		"unknown key type":   {"type: file-raw\nkeyType: RSA\nprivateKey: " + secret, "keyType must be BLS"},
		"hashicorp":          {"type: hashicorp\ntoken: " + secret, "type hashicorp is not supported: put the key into a keystore, with type file-keystore"},
		"aws-secret":         {"type: aws-secret\nsecretAccessKey: " + secret, "type aws-secret is not supported: put the key into a keystore, with type file-keystore"},
		"azure-secret":       {"type: azure-secret\nclientSecret: " + secret, "type azure-secret is not supported: put the key into a keystore, with type file-keystore"},
		"unknown type":       {"type: " + secret, "line 1: type must be file-raw or file-keystore"},
		"no type":            {"# x\nprivateKey: " + secret, "line 1: type must be file-raw or file-keystore"},
		"type a list":        {"type: [file-raw]", "line 1: type must be file-raw or file-keystore"},
		"no mapping":         {secret, "line 1: not a mapping of a key's fields"},
		"a sequence":         {"- " + secret, "line 1: not a mapping of a key's fields"},
		"a directive":        {"%YAML 1.2\n", "line 1, column 1: not valid YAML, or a field stands twice"},
		"no YAML":            {"type: file-raw\nprivateKey: " + secret + ": x", "line 2, column 13: not valid YAML, or a field stands twice"},
		"twice":              {"type: file-raw\nprivateKey: a\nprivateKey: " + secret, "line 3, column 1: not valid YAML, or a field stands twice"},
		"huge":               {"type: file-raw\nprivateKey: " + strings.Repeat("0", 16<<10), "line 1: a descriptor has at most 16384 bytes"},
		"deep":               {strings.Repeat("[", 16<<10), "line 1, column 16384: not valid YAML, or a field stands twice"},
		"line of the second": {"# x\n---\n\ntype: file-raw\nprivatekey: " + secret, "line 5: unknown field, want type, keyType, privateKey"},
	} {
		t.Run(name, func(t *testing.T) {
			root := plant(t, map[string]string{"k.yaml": test.text})
			got := found(t, root, directory.Options{})
			if len(got) != 1 || got[0] != "k.yaml: "+test.want {
				t.Fatalf("got  %q\nwant %q", got, test.want)
			}
			if strings.Contains(got[0], secret) {
				t.Fatalf("the secret is shown: %s", got[0])
			}
		})
	}
}

// Whatever the digits look like to YAML, the key is read as written.
func TestUnquotedKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.yaml")
	rapid.Check(t, func(rt *rapid.T) {
		digits := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789e")), 62, 62, -1).Draw(rt, "digits")
		digits = "0" + digits + "1" // below the order, and not zero
		prefix := rapid.SampledFrom([]string{"", "0x"}).Draw(rt, "prefix")
		if err := os.WriteFile(path, []byte("type: file-raw\nprivateKey: "+prefix+digits+"\n"), 0o600); err != nil {
			rt.Fatal(err)
		}
		listing := directory.Scan([]string{path}, directory.Options{})
		if len(listing.Candidates) != 1 {
			rt.Fatalf("candidates %v, failures %v", listing.Candidates, listing.Failures)
		}
		if key, err := listing.Candidates[0].Load(); err != nil || key.PublicKey() != public(t, digits) {
			rt.Fatalf("loaded %v: %v", key, err)
		}
	})
}
