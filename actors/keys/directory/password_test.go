package directory_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/actors/keys/directory"
)

type layout struct {
	files map[string]string
	want  []string
}

func TestPasswordsBesideKeystores(t *testing.T) {
	for name, test := range map[string]layout{
		"Web3Signer bulk, Teku": {
			map[string]string{"alice.json": honest(t, aliceSecret), "alice.txt": password, "bob.json": honest(t, bobSecret), "bob.password": password},
			[]string{"alice.json: alice", "bob.json: bob"},
		},
		"staking-deposit-cli": {
			map[string]string{
				"validator_keys/deposit_data-1700000000.json":                `[{"pubkey": "00"}]`,
				"validator_keys/keystore-m_12381_3600_0_0_0-1700000000.json": honest(t, aliceSecret),
				"validator_keys/keystore-m_12381_3600_1_0_0-1700000000.json": honest(t, bobSecret),
				"validator_keys/password.txt":                                password + "\n",
				"more/keystore-m_12381_3600_1_0_0-1700000000.json":           honest(t, bobSecret),
				"more/password": password + "\r\n",
				"password.txt":  "of this directory only",
				"more/signed_exit_transaction-keystore-m_12381-1700000000.json": `{"message": {}, "signature": "0x00"}`,
			},
			[]string{
				"more/keystore-m_12381_3600_1_0_0-1700000000.json: bob",
				"validator_keys/keystore-m_12381_3600_0_0_0-1700000000.json: alice",
				"validator_keys/keystore-m_12381_3600_1_0_0-1700000000.json: bob",
			},
		},
	} {
		t.Run(name, func(t *testing.T) { check(t, test.files, test.want...) })
	}
}

func TestPasswordsInSecrets(t *testing.T) {
	alice, bob := public(t, aliceSecret).String(), public(t, bobSecret).String()
	for name, test := range map[string]layout{
		"Lighthouse": {
			map[string]string{
				"validators/" + alice + "/voting-keystore.json": honest(t, aliceSecret),
				"validators/" + bob + "/voting-keystore.json":   honest(t, bobSecret),
				"validators/validator_definitions.yml":          "---\n- enabled: true\n",
				"validators/slashing_protection.sqlite":         "",
				"secrets/" + alice:                              password,
				"secrets/" + bob:                                password,
			},
			[]string{"validators/" + alice + "/voting-keystore.json: alice", "validators/" + bob + "/voting-keystore.json: bob"},
		},
		"Nimbus, Lodestar": {
			map[string]string{
				"validators/" + alice + "/keystore.json":      honest(t, aliceSecret),
				"keystores/" + bob + "/voting-keystore.json":  honest(t, bobSecret),
				"keystores/" + bob + "/voting-keystore.lock":  "",
				"validators/" + alice + "/remote_config.json": `{}`,
				"secrets/" + alice:                            password,
				"secrets/" + bob:                              password,
			},
			[]string{"keystores/" + bob + "/voting-keystore.json: bob", "validators/" + alice + "/keystore.json: alice"},
		},
	} {
		t.Run(name, func(t *testing.T) { check(t, test.files, test.want...) })
	}
}

func TestConfiguredPasswords(t *testing.T) {
	root := plant(t, map[string]string{
		"keys/alice.json": honest(t, aliceSecret), "keys/bob.json": honest(t, bobSecret),
		"keys/password.txt": "not this one", "passwords/alice.txt": password, "passwords/common": password, "passwords/dir/": "",
	})
	wrong := ": password file keys/password.txt: wrong password, or the keystore is damaged"
	in := func(name string) string { return filepath.Join(root, name) }
	tests := map[string]struct {
		options directory.Options
		want    []string
	}{
		"none":        {directory.Options{}, []string{"keys/alice.json" + wrong, "keys/bob.json" + wrong}},
		"a directory": {directory.Options{PasswordDir: in("passwords")}, []string{"keys/alice.json: alice", "keys/bob.json" + wrong}},
		"a file":      {directory.Options{PasswordFile: in("passwords/common")}, []string{"keys/alice.json: alice", "keys/bob.json: bob"}},
		"a file that is a directory": {
			directory.Options{PasswordFile: in("passwords/dir")}, []string{"keys/alice.json" + wrong, "keys/bob.json" + wrong},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, found(t, root, test.options, in("keys"))); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPasswordIsTheFirstLine(t *testing.T) {
	for _, text := range []string{password, password + "\n", password + "\r\n", password + "\n\n", password + "\nanother line"} {
		check(t, map[string]string{"alice.json": honest(t, aliceSecret), "alice.txt": text}, "alice.json: alice")
	}
	for _, text := range []string{" " + password, password + " \n"} {
		check(t, map[string]string{"alice.json": honest(t, aliceSecret), "alice.txt": text},
			"alice.json: password file alice.txt: wrong password, or the keystore is damaged")
	}
}
