package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// shared is where vectors that are read, never copied, lie beside the checkout.
var shared = filepath.Join(top, "..", "shared", "vectors")

// vector is a request, and what must come of it.
type vector struct {
	name, key, root, signature string
	request                    map[string]json.RawMessage
}

// vectorSet is vectors of one network, and the server for them.
type vectorSet struct {
	vectors []vector
	secrets map[string]bool // as file-raw descriptors; none for those of --dev
	flags   []string
}

// TestOwnVectors runs testdata/vectors.json, one request of each common type for the keys of --dev. Its roots were computed
// from the consensus specifications with nothing but SHA-256, its signatures by gnark-crypto, which shares no code with
// the library that signs here.
func TestOwnVectors(t *testing.T) {
	t.Parallel()
	vectorSet{vectors: ownVectors(t)}.run(t)
}

func ownVectors(t *testing.T) []vector {
	t.Helper()
	var recorded []struct {
		Name, Pubkey, Signature string
		Root                    string                     `json:"signing_root"`
		Request                 map[string]json.RawMessage `json:"request"`
	}
	read(t, filepath.Join("testdata", "vectors.json"), &recorded)
	var vectors []vector
	for _, r := range recorded {
		vectors = append(vectors, vector{r.Name, r.Pubkey, r.Root, r.Signature, r.Request})
	}
	return vectors
}

// TestRecordedClients runs what a real validator client has sent.
func TestRecordedClients(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join(shared, "clients", "*.json"))
	if len(files) == 0 {
		t.Skip("no shared/vectors/clients beside the checkout")
	}
	set := vectorSet{secrets: map[string]bool{}, flags: []string{"--network=mainnet"}}
	for _, file := range files {
		var r struct {
			Raw       string `json:"request_raw"`
			Pubkey    string
			Secret    string `json:"secret_key"`
			Root      string `json:"signing_root"`
			Signature string
		}
		read(t, file, &r)
		v := vector{name: filepath.Base(file), key: r.Pubkey, root: r.Root, signature: r.Signature}
		if err := json.Unmarshal([]byte(r.Raw), &v.request); err != nil {
			t.Fatal(err)
		}
		set.secrets[r.Secret] = true
		set.vectors = append(set.vectors, v)
	}
	set.run(t)
}

// TestOpenAPIExamples runs the examples of Web3Signer's own description. They mix presets: the committee of a contribution
// is minimal's, the committee bits of an aggregate are mainnet's.
func TestOpenAPIExamples(t *testing.T) {
	t.Parallel()
	var r struct {
		Secret  string `json:"private_key"`
		Pubkey  string `json:"public_key"`
		Vectors []struct {
			Name, Root, Signature string
			Request               map[string]json.RawMessage
		}
	}
	if !read(t, filepath.Join(shared, "openapi", "openapi_vectors.json"), &r) {
		t.Skip("no shared/vectors/openapi beside the checkout")
	}
	for _, preset := range []string{"mainnet", "minimal"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			set := vectorSet{secrets: map[string]bool{r.Secret: true}, flags: []string{"--network-config=" + devnet(t, preset)}}
			for _, v := range r.Vectors {
				minimal := strings.HasPrefix(v.Name, "SYNC_COMMITTEE_CONTRIBUTION")
				if v.Root != "" && minimal == (preset == "minimal") {
					set.vectors = append(set.vectors, vector{v.Name, r.Pubkey, v.Root, v.Signature, v.Request})
				}
			}
			set.run(t)
		})
	}
}

// devnet writes the configuration of a chain with the fork versions of consensus-specs' minimal configuration.
func devnet(t *testing.T, preset string) string {
	t.Helper()
	text := "PRESET_BASE: " + preset + "\nSLOTS_PER_EPOCH: 8\n"
	for i, fork := range []string{"GENESIS", "ALTAIR", "BELLATRIX", "CAPELLA", "DENEB", "ELECTRA", "FULU"} {
		text += fmt.Sprintf("%s_FORK_VERSION: 0x%02x000001\n", fork, i)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run has every vector refused with a wrong claim, none of which may leave a trace, and then signed. Vectors of one key may
// contradict each other, so there is a fresh history for every protected vector of a key.
func (s vectorSet) run(t *testing.T) {
	if len(s.vectors) == 0 {
		t.Fatal("no vectors")
	}
	t.Logf("%d vectors", len(s.vectors))
	dir := t.TempDir()
	p := start(t, dir, s.arguments(t)...)
	for _, v := range s.vectors {
		v.refuse(t, p)
	}
	p.stop(t, syscall.SIGTERM, 0)
	out, _ := run(t, dir, append([]string{"slashing", "verify", "--output=json", "--anti-slashing-path", devDatabase}, s.flags...)...)
	if !strings.Contains(out, `"validators": 0,`) {
		t.Errorf("refused requests were recorded: %s", out)
	}
	for _, batch := range s.batches() {
		p := start(t, t.TempDir(), s.arguments(t)...)
		for _, v := range batch {
			v.accept(t, p)
		}
		p.stop(t, syscall.SIGTERM, 0)
	}
}

// arguments are the flags of the set, and the keys in a directory.
func (s vectorSet) arguments(t *testing.T) []string {
	t.Helper()
	args := append([]string{"--logging-level=info,audit=warn"}, s.flags...)
	if len(s.secrets) == 0 {
		return args
	}
	dir, number := t.TempDir(), 0
	for secret := range maps.Keys(s.secrets) {
		number++
		text := fmt.Sprintf("type: file-raw\nkeyType: BLS\nprivateKey: %q\n", secret)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("key-%d.yaml", number)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return append(args, "--key-sources-filesystem-paths="+dir)
}

// batches distributes the vectors so that each has at most one protected vector of a key.
func (s vectorSet) batches() [][]vector {
	var batches [][]vector
	seen := map[string]int{}
	for _, v := range s.vectors {
		at := 0
		if v.protected() {
			at = seen[v.key]
			seen[v.key]++
		}
		if at == len(batches) {
			batches = append(batches, nil)
		}
		batches[at] = append(batches[at], v)
	}
	return batches
}

func (v vector) protected() bool {
	kind := string(v.request["type"])
	return kind == `"ATTESTATION"` || strings.HasPrefix(kind, `"BLOCK`)
}

// with is the request with one claim of a root, or none.
func (v vector) with(name, root string) string {
	request := maps.Clone(v.request)
	delete(request, "signingRoot")
	delete(request, "signing_root")
	if name != "" {
		request[name] = json.RawMessage(`"` + root + `"`)
	}
	text, _ := json.Marshal(request) // of what was JSON
	return string(text)
}

// refuse has the vector refused, with the last bit of the claim flipped.
func (v vector) refuse(t *testing.T, p *process) {
	last := len(v.root) - 1
	flipped := v.root[:last] + string("1032547698badcfe"[strings.IndexByte("0123456789abcdef", v.root[last])])
	for _, name := range []string{"signingRoot", "signing_root"} {
		r := p.sign(t, v.key, v.with(name, flipped), "Accept: application/json")
		if r.status != 400 || !strings.Contains(r.body, `"root_mismatch"`) {
			t.Errorf("%s with a wrong %s: %d %s", v.name, name, r.status, r.body)
		}
	}
}

// accept has the vector signed in every spelling. All but the first are repeats.
func (v vector) accept(t *testing.T, p *process) {
	for spelling, body := range map[string]string{
		"as signingRoot": v.with("signingRoot", v.root), "as signing_root": v.with("signing_root", v.root), "without a root": v.with("", ""),
	} {
		if r := p.sign(t, v.key, body); r.status != 200 || r.body != v.signature {
			t.Errorf("%s %s: %d %s, want %s", v.name, spelling, r.status, r.body, v.signature)
		}
		json := p.sign(t, v.key, body, "Accept: application/json")
		if want := `{"signature":"` + v.signature + `"}`; json.body != want {
			t.Errorf("%s %s as JSON: %d %s, want %s", v.name, spelling, json.status, json.body, want)
		}
	}
}

// read decodes a file, and reports whether it is there.
func read(t *testing.T, path string, into any) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return true
}
