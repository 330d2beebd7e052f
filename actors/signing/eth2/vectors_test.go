package eth2_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// vector is a recorded request and its true signing root.
type vector struct {
	name, root string
	request    request
}

// shared is where the workspace keeps vectors that are read, never copied.
var shared = filepath.Join("..", "..", "..", "..", "shared", "vectors")

func clientVectors(t *testing.T) []vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared, "clients", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("no shared/vectors/clients beside the checkout")
	}
	var vectors []vector
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Raw  string `json:"request_raw"`
			Root string `json:"signing_root"`
		}
		if err := json.Unmarshal(content, &recorded); err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{filepath.Base(file), recorded.Root, parse(t, []byte(recorded.Raw))})
	}
	return vectors
}

func openAPIVectors(t *testing.T) []vector {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(shared, "openapi", "openapi_vectors.json"))
	if err != nil {
		t.Skip("no shared/vectors/openapi beside the checkout")
	}
	var recorded struct {
		Vectors []struct {
			Name    string          `json:"name"`
			Root    string          `json:"root"`
			Request json.RawMessage `json:"request"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(content, &recorded); err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	for _, v := range recorded.Vectors {
		if v.Root != "" {
			vectors = append(vectors, vector{v.Name, v.Root, parse(t, v.Request).with("signingRoot", v.Root)})
		}
	}
	return vectors
}

func TestRecordedRequests(t *testing.T) {
	t.Run("clients", func(t *testing.T) { checkVectors(t, mustBuiltin(t, "mainnet"), clientVectors(t)) })
	t.Run("openapi", func(t *testing.T) {
		// The examples have sync committees of the minimal preset and committee bits of the mainnet one.
		network := minimal(t)
		network.Preset.MaxCommitteesPerSlot = 64
		checkVectors(t, network, openAPIVectors(t))
	})
}

func checkVectors(t *testing.T, network eth2.Network, vectors []vector) {
	t.Helper()
	decoder := eth2.NewDecoder(network)
	t.Logf("%d vectors", len(vectors))
	for _, v := range vectors {
		bare := v.request.with("signingRoot", nil)
		last := v.root[len(v.root)-1]
		flipped := v.root[:len(v.root)-1] + string("1032547698badcfe"[strings.IndexByte("0123456789abcdef", last)])
		for name, r := range map[string]request{
			"as recorded": v.request, "without a claim": bare, "other spelling": bare.with("signing_root", v.root),
			"claim in capitals": bare.with("signingRoot", strings.ToUpper(v.root[2:])),
			"both spellings":    v.request.with("signing_root", v.root), "null claim": bare.with("signingRoot", json.RawMessage("null")),
		} {
			if duty, err := decoder.Decode(r.body(t)); err != nil || duty.SigningRoot.String() != v.root {
				t.Errorf("%s, %s: %s, %v, want %s", v.name, name, duty.SigningRoot, err, v.root)
			}
		}
		for name, r := range map[string]request{
			"flipped": bare.with("signingRoot", flipped), "flipped other spelling": bare.with("signing_root", flipped),
			"spellings differ": v.request.with("signing_root", flipped),
		} {
			duty, err := decoder.Decode(r.body(t))
			if !errors.Is(err, messages.ErrRootMismatch) || !duty.SigningRoot.IsZero() || !strings.Contains(err.Error(), v.root) {
				t.Errorf("%s, %s: %s, %v, want a root mismatch that names %s", v.name, name, duty.SigningRoot, err, v.root)
			}
		}
	}
}
