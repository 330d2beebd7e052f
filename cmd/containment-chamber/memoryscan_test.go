//go:build goexperiment.runtimesecret && linux && (amd64 || arm64)

package main_test

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// secrets are what must not be found, by name.
type secrets map[string][]byte

// pieces are the first and the last half of each: what is left of a secret need not be whole.
func (s secrets) pieces() secrets {
	halves := secrets{}
	for name, secret := range s {
		halves[name+", first half"], halves[name+", last half"] = secret[:len(secret)/2], secret[len(secret)/2:]
	}
	return halves
}

// found asks the signer how often each piece is in its memory, and returns those that are.
func (c custodians) found(pieces secrets) map[string]int {
	c.Helper()
	var names, words []string
	for name, piece := range pieces {
		inverse := slices.Clone(piece)
		for i := range inverse {
			inverse[i] = ^inverse[i]
		}
		names, words = append(names, name), append(words, hex.EncodeToString(inverse))
	}
	counts := strings.Fields(c.search(strings.Join(words, " ") + "\n"))
	if len(counts) != len(names) {
		c.Fatalf("%d answers to %d questions", len(counts), len(names))
	}
	there := map[string]int{}
	for i, name := range names {
		if n, err := strconv.Atoi(counts[i]); err != nil || n > 0 {
			there[name] = n
		}
	}
	return there
}

// search asks the signer about its memory.
func (c custodians) search(question string) (answer string) {
	c.Helper()
	conn, err := net.Dial("unix", filepath.Join(c.dir, "search"))
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close()
	_, failed := io.WriteString(conn, question)
	answer, err = bufio.NewReader(conn).ReadString('\n')
	if err := errors.Join(failed, err); err != nil {
		c.Fatal(err)
	}
	return answer
}

// expectGone waits until the collector has erased what was dropped: the program calls it after each change of its state.
func (c custodians) expectGone(groups ...secrets) {
	c.Helper()
	pieces := secrets{}
	for _, s := range groups {
		maps.Copy(pieces, s.pieces())
	}
	var there map[string]int
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		if there = c.found(pieces); len(there) == 0 {
			return
		}
	}
	c.Errorf("still in memory: %v", there)
}

// phrases makes passphrases, which the operators have in their environment.
func (c *custodians) phrases(operators ...string) secrets {
	made := secrets{}
	for _, who := range operators {
		phrase := rand.Text()
		made["passphrase of "+who] = []byte(phrase)
		c.operatorsEnv = append(c.operatorsEnv, strings.ToUpper(who)+"="+phrase)
	}
	return made
}

// A signer that is sealed has nothing in its memory that opens the chamber or signs: no master key, nor what is derived
// from it, no share, no passphrase, no validator's key. The signer looks for them itself, in all of its memory.
func TestNothingIsLeftInMemory(t *testing.T) {
	t.Parallel()
	c := custodians{T: t, dir: t.TempDir(), signerEnv: []string{searchSocket + "=search"}}
	phrases := c.phrases("alice", "bob", "carol")
	references := c.kek("alpha.key", "beta.key", "gamma.key")
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\n")
	c.expectNoDumps()
	c.establish(references)
	c.importKey("config.yaml", "alice", "carol")
	c.asks("rotate", "kms", "--auth-token", manager, "--kms-key-arns", strings.Join(references, ","), "--kms-threshold", "2")
	c.signs(devKey(0), http.StatusOK)

	opened, kept := c.rebuilt(phrases)
	key := validatorKey()
	for i, reference := range references {
		content, err := os.ReadFile(strings.TrimPrefix(reference, "file:"))
		if err != nil {
			t.Fatal(err)
		}
		opened["key-encryption key "+strconv.Itoa(i)] = content
	}
	inUse := secrets{"master key": kept["master key"], "validator's key": key["validator's key, turned round"]}
	if there := c.found(inUse); len(there) != len(inUse) {
		t.Fatalf("while it signs, only %v is found of what it signs with: this test looks in the wrong places", there)
	}
	planted := rand.Text()
	c.signer.get(t, c.signer.api+"/upcheck?"+planted)
	if len(c.found(secrets{"planted": []byte(planted)})) != 1 {
		t.Error("a text that is there is not found")
	}
	c.expectGone(opened, phrases)

	c.asks("seal", "--auth-token", manager, "--reason", "drill")
	c.signs(devKey(0), http.StatusServiceUnavailable)
	c.expectGone(opened, phrases, kept, key)
	c.signs(devKey(0), http.StatusServiceUnavailable) // it is alive
}

// expectNoDumps sees that no crash of the signer writes its memory to a file.
func (c custodians) expectNoDumps() {
	c.Helper()
	if answer := c.search(askDumps); answer != "0 <nil> <nil> 0 0\n" {
		c.Errorf("it can be dumped: %q", answer)
	}
}
