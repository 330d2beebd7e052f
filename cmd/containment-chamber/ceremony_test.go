package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// custodians play the README's ceremonies on the real binary: a signer, and operators with a shell each.
type custodians struct {
	*testing.T
	dir    string
	env    []string // of all processes
	signer *process
	// What only the signer, and only the operators have in their environment.
	signerEnv, operatorsEnv []string
}

// passphrases of the operators.
var passphrases = map[string]string{
	"alice": "seven purple tractors juggle", "bob": "violet umbrella parking 7 trees",
	"carol": "nine marble elephants whisper", "dora": "quiet harbours forget 3 lanterns",
}

// operator runs a command, and expects that it is done.
func (c custodians) operator(args ...string) string {
	c.Helper()
	command := exec.Command(name, args...)
	command.Dir = c.dir
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "CONTAINMENT_SERVER__LISTEN_ADDRESS=127.0.0.1"}
	for who, phrase := range passphrases {
		command.Env = append(command.Env, strings.ToUpper(who)+"="+phrase)
	}
	command.Env = slices.Concat(command.Env, c.operatorsEnv, c.env)
	var complaints strings.Builder
	command.Stderr = &complaints
	said, err := command.Output()
	if err != nil {
		c.Fatalf("%s: %v: %s", strings.Join(args, " "), err, complaints.String())
	}
	return string(said)
}

// asks is operator, of the signer.
func (c custodians) asks(args ...string) string {
	c.Helper()
	return c.operator(append([]string{"operator"}, append(args, "--signer-url", c.signer.api)...)...)
}

// calls sends a request to the chamber's API, with a token unless it is empty.
func (c custodians) calls(method, path, token, body string) reply {
	c.Helper()
	var headers []string
	if token != "" {
		headers = append(headers, "Authorization: Bearer "+token)
	}
	r, err := c.signer.send(method, c.signer.api+"/api/v1/chamber"+path, body, headers...)
	if err != nil {
		c.Fatal(err)
	}
	return r
}

// answers is a call that is to be answered with a status.
func (c custodians) answers(want int, path, token, body string) reply {
	c.Helper()
	r := c.calls(http.MethodPost, path, token, body)
	if r.status != want {
		c.Fatalf("%s: answered %d %s, want %d", path, r.status, r.body, want)
	}
	return r
}

// submits gives an operator's passphrase, for a share or for something else that needs a quorum.
func (c custodians) submits(want int, path, operator, phrase string) reply {
	c.Helper()
	return c.answers(want, path, "", credential(operator, phrase))
}

func credential(operator, phrase string) string {
	return fmt.Sprintf(`{"operator":%q,"passphrase":%q}`, operator, phrase)
}

func (c custodians) read(file string) string {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, file))
	if err != nil {
		c.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func (c custodians) write(file, text string) {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, file), []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
}

// register hands out the registration tokens of a report, and has all register.
func (c custodians) register(report string) {
	c.Helper()
	var made struct {
		Signers []struct {
			Reply struct {
				Tokens map[string]string `json:"registration_tokens"`
			}
		}
	}
	if err := json.Unmarshal([]byte(report), &made); err != nil || len(made.Signers) != 1 || len(made.Signers[0].Reply.Tokens) != 3 {
		c.Fatalf("%v: %s", err, report)
	}
	for who, token := range made.Signers[0].Reply.Tokens {
		c.write(who+".token", token)
		c.registers(who)
	}
}

func (c custodians) unseal(who ...string) {
	c.Helper()
	for _, w := range who {
		c.asks("unseal", "--operator", w, "--passphrase", "env:"+strings.ToUpper(w))
	}
}

// signs waits until the signer answers the devnet key's request with a status.
func (c custodians) signs(key string, status int) {
	c.Helper()
	body := `{"type":"VALIDATOR_REGISTRATION","validator_registration":{"fee_recipient":"0x6fdfab408c56b6105a76eff5c0435d09fc6ed7a9",` +
		`"gas_limit":"36000000","timestamp":"100","pubkey":"` + key + `"}}`
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r, err := c.signer.send(http.MethodPost, c.signer.api+"/api/v1/eth2/sign/"+key, body)
		switch {
		case err == nil && r.status == status:
			return
		case time.Now().After(until):
			c.Fatalf("%d %s, %v: want %d", r.status, r.body, err, status)
		}
	}
}

const devnetKeystore = `{"crypto":{"kdf":{"function":"pbkdf2","params":{"dklen":32,"c":1024,"prf":"hmac-sha256","salt":"fde976c935038fa71d6a3a52bf0ba8c64a4bbfaea75464ac6bb03e061109bddb"},"message":""},"checksum":{"function":"sha256","params":{},"message":"d82e57188fa1ad426fd8aea16b15b65d4404c2f09f52f47da595b09682b30d33"},"cipher":{"function":"aes-128-ctr","params":{"iv":"5a62ab0198fdd99de0d2c95e62afc5ed"},"message":"11460789e60e6ca0b3fb91eb27991eaba6a88cd644018cc4e4a79ad2a1a94708"}},"pubkey":"a99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c","path":"","uuid":"cebfb9a1-a943-4e96-8506-e5b960fb0727","version":4}`

// ceremonySettings is the configuration of the README's ceremonies, on ports of the system's choice.
const ceremonySettings = "network: hoodi\nserver: {listen_address: 127.0.0.1, listen_port: 0}\nmetrics: {listen_address: 127.0.0.1, listen_port: 0}\n" +
	"key_sources: {sqlite: {path: keys.sqlite}}\naudit: {file: audit.jsonl}\nanti_slashing: {path: history.sqlite}\n"

// open starts the signer, and returns when it has shown its setup token.
func (c *custodians) open(settings string) {
	c.Helper()
	c.write("config.yaml", settings)
	var err error
	if c.signer, err = launchWith(c.dir, slices.Concat(c.env, c.signerEnv), "--config", "config.yaml"); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(c.signer.kill)
	form := regexp.MustCompile("cc-setup-[a-z2-7]+")
	setup := form.FindString(strings.Join(c.signer.log, "\n"))
	if setup == "" { // it was ready sooner
		setup = form.FindString(c.signer.logged(c.T, "cc-setup-"))
	}
	c.write("setup.token", setup)
}

const manager = "file:management.token"

// establish goes from uninitialized to unsealed with three operators of whom two suffice, and makes the management token.
func (c custodians) establish(references []string) {
	c.Helper()
	c.register(c.asks("init", "--setup-token", "file:setup.token", "--kms-key-arns", strings.Join(references, ","), "--kms-threshold", "2",
		"--operators", "alice,bob,carol", "--quorum-threshold", "2", "--output", "json"))
	c.unseal("alice", "carol")
	c.makeManager()
}

// play goes from uninitialized to unsealed; signs, is sealed, refuses, is unsealed again; the quorum and the
// key-encryption keys, of which there are four, are replaced while it signs.
func (c custodians) play(references []string) {
	c.Helper()
	c.establish(references[:3])
	c.importKey("config.yaml", "alice", "carol")
	c.signs(devKey(0), http.StatusOK)

	c.asks("seal", "--auth-token", manager, "--reason", "a laptop is missing")
	c.signs(devKey(0), http.StatusServiceUnavailable)
	c.unseal("bob", "carol")
	c.signs(devKey(0), http.StatusOK)

	report := c.asks("rotate", "quorum", "--auth-token", manager, "--operators", "bob,carol,dora", "--quorum-threshold", "2", "--output", "json")
	c.signs(devKey(0), http.StatusOK)
	c.register(report)
	c.asks("rotate", "kms", "--auth-token", manager, "--kms-key-arns", strings.Join(references[1:], ","), "--kms-threshold", "2")
	c.signs(devKey(0), http.StatusOK)
	if status := c.asks("status", "--auth-token", manager); !strings.Contains(status, "generation 3") || strings.Contains(status, "alice") {
		c.Error(status)
	}
	c.operator("audit", "verify", "audit.jsonl")
}

// No step needs a cloud.
func TestCeremoniesOfTheReadme(t *testing.T) {
	t.Parallel()
	c := custodians{T: t, dir: t.TempDir()}
	references := c.kek("alpha.key", "beta.key", "gamma.key", "delta.key")
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\n")
	c.play(references)
}
