package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

func raw(secret string) string { return "type: file-raw\nkeyType: BLS\nprivateKey: " + secret + "\n" }

func encrypted(file, password string) string {
	return "type: file-keystore\nkeyType: BLS\nkeystoreFile: " + file + "\nkeystorePasswordFile: " + password + "\n"
}

// check scans a tree and compares what was found.
func check(t *testing.T, files map[string]string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, found(t, plant(t, files), directory.Options{})); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func TestWeb3SignerTree(t *testing.T) {
	alice := honest(t, aliceSecret)
	check(t, map[string]string{
		"raw/alice.yaml":          raw(aliceSecret),
		"raw/bob.yml":             raw("0x" + bobSecret),
		"scrypt/alice.yaml":       encrypted("alice.json", "alice.password"),
		"scrypt/alice.json":       alice,
		"scrypt/alice.password":   password,
		"pbkdf2/bob.yaml":         encrypted("../other/b.json", "../other/b.secret"),
		"other/b.json":            honest(t, bobSecret),
		"other/b.secret":          password + "\n",
		"both.yaml":               raw(aliceSecret) + "---\n" + encrypted("scrypt/alice.json", "scrypt/alice.password"),
		"README.md":               "no key",
		"raw/.hidden.yaml":        "not looked at",
		"deposit_data-1700.json":  `[{"pubkey": "00"}]`,
		"slashing_protection.txt": "no key",
		"interchange.json":        `{"metadata": {}, "data": []}`,
		"huge.json":               "[" + strings.Repeat("0,", 1<<19) + "0]",
	},
		"both.yaml, document 1: alice", "both.yaml, document 2: alice", "pbkdf2/bob.yaml: bob",
		"raw/alice.yaml: alice", "raw/bob.yml: bob", "scrypt/alice.yaml: alice")
}

func TestBadFilesDoNotHideGoodOnes(t *testing.T) {
	check(t, map[string]string{
		"a.yaml":      raw("secret"),
		"b.yaml":      encrypted("gone.json", "gone.txt"),
		"c.yaml":      raw(bobSecret) + "---\ntype: [\n---\n" + raw(aliceSecret),
		"d.json":      `{"crypto": `,
		"e.json":      strings.Replace(honest(t, bobSecret), `"version": 4`, `"version": 3`, 1),
		"f.json":      honest(t, bobSecret),
		"g.yaml":      "# nothing\n",
		"h.yaml":      "-> gone.yaml",
		"i.json":      honest(t, aliceSecret),
		"i.password":  password,
		"j.yaml":      encrypted("i.json", "gone.password"),
		"k.json":      honest(t, aliceSecret),
		"k.txt":       "another password",
		"l.json":      honest(t, aliceSecret),
		"l.txt":       "\n" + password,
		"m/x.json/":   "",
		"n.yaml":      encrypted("m/x.json", "i.password"),
		"o.yaml":      encrypted("interchange.json", "i.password"),
		"loop":        "-> loop",
		"back":        "-> .",
		"same.txt":    "-> i.password",
		"same.json":   "-> i.json",
		"notkey.json": `{}`, "interchange.json": `{}`,
	},
		"c.yaml, document 1: bob",
		"c.yaml, document 3: alice",
		"j.yaml: password file gone.password: file does not exist: correct the path, or mount what belongs there",
		"k.json: password file k.txt: wrong password, or the keystore is damaged",
		"l.json: password file l.txt: its first line is empty, but must be the password",
		"h.yaml: file does not exist: correct the path, or mount what belongs there",
		"loop: cannot be read: EvalSymlinks: too many links",
		"a.yaml: privateKey must be 64 hex digits, with or without 0x",
		"b.yaml: keystore file gone.json: file does not exist: correct the path, or mount what belongs there",
		"c.yaml, document 2: line 5, column 7: not valid YAML, or a field stands twice",
		"g.yaml: the file is empty: describe a key in it, or remove it",
		"n.yaml: keystore file m/x.json: not a regular file",
		"o.yaml: keystore file interchange.json: not a keystore: no crypto section",
		"d.json: not JSON, or cut short: error at byte 11",
		"e.json: keystore: version must be 4 (EIP-2335); version 3 is for execution-layer keys",
		"f.json: no password file, looked for f.txt, f.password, password.txt, password",
	)
}

func TestCandidatesKnowTheirCost(t *testing.T) {
	root := plant(t, map[string]string{
		"a.yaml": raw(aliceSecret), "b.json": honest(t, bobSecret), "b.txt": password,
		"c.json": keystoreOf(t, bobSecret, messages.PublicKey{}), "c.txt": password,
	})
	listing := directory.Scan([]string{root}, directory.Options{})
	candidates := listing.Candidates
	if len(candidates) != 3 || len(listing.Failures) != 0 {
		t.Fatalf("%d candidates, failures %v", len(candidates), listing.Failures)
	}
	want := []struct {
		memory int64
		public messages.PublicKey
	}{{0, messages.PublicKey{}}, {2 << 10, public(t, bobSecret)}, {2 << 10, messages.PublicKey{}}}
	for i, c := range candidates {
		if c.Memory != want[i].memory || c.PublicKey != want[i].public {
			t.Errorf("%s: %d bytes, claims %s", c.Name, c.Memory, c.PublicKey)
		}
	}
}
