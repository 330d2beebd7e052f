package eth2_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func TestDecodeFillsTheDuty(t *testing.T) {
	duty, err := eth2.NewDecoder(mustBuiltin(t, "mainnet")).Decode(attestation().body(t))
	if err != nil {
		t.Fatal(err)
	}
	want := messages.Duty{
		Operation: messages.Attestation, SigningRoot: duty.SigningRoot,
		GenesisValidatorsRoot: mustBuiltin(t, "mainnet").GenesisValidatorsRoot, Slot: 65, SourceEpoch: 1, TargetEpoch: 2,
	}
	if duty != want || duty.SigningRoot.IsZero() {
		t.Errorf("got %+v, want %+v", duty, want)
	}
}

// TestDecodeNeedsEveryMember removes each member of a request in turn, and makes each of another kind.
func TestDecodeNeedsEveryMember(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	paths := []string{
		"type", "fork_info", "fork_info.fork", "fork_info.fork.previous_version", "fork_info.fork.current_version",
		"fork_info.fork.epoch", "fork_info.genesis_validators_root", "attestation", "attestation.slot", "attestation.index",
		"attestation.beacon_block_root", "attestation.source", "attestation.source.epoch", "attestation.source.root",
		"attestation.target", "attestation.target.epoch", "attestation.target.root",
	}
	for _, path := range paths {
		for _, wrong := range []any{nil, true, "", "0x1", "-1", "1e3", 1.5, []int{1}} {
			names := strings.Split(path, ".")
			_, err := decoder.Decode(change(attestation(), names, wrong).body(t))
			if !errors.Is(err, messages.ErrMalformed) {
				t.Errorf("%s = %v: %v, want malformed", path, wrong, err)
				continue
			}
			if text := strings.Join(names, ": "); !strings.Contains(err.Error(), text+": ") {
				t.Errorf("%s = %v: %q does not name it", path, wrong, err)
			}
		}
	}
}

// change sets the member at a path, or removes it.
func change(r request, names []string, to any) request {
	if len(names) == 1 {
		return r.with(names[0], to)
	}
	return r.with(names[0], change(r[names[0]].(request), names[1:], to))
}

func TestDecodeRefusesWhatIsNoRequest(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, body := range []string{
		"", " ", "null", "[]", `"type"`, "{", `{"type":"ATTESTATION"`, `{"type":"ATTESTATION"}}`, `{}`, `{"type":7}`,
		`{"type":"PROOF_OF_VALIDATION"}`, `{"type":"ATTESTATION","attestation":null}`, `{"type":"ATTESTATION","attestation":[]}`,
		`{"type":"` + strings.Repeat("A", 1<<20) + `"}`, strings.Repeat("[", 1<<20), `{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		"{" + strings.Repeat(`"x":1,`, 300) + `"type":"ATTESTATION"}`,
	} {
		duty, err := decoder.Decode([]byte(body))
		if !errors.Is(err, messages.ErrMalformed) || !duty.SigningRoot.IsZero() {
			t.Errorf("%.40q: %v, want malformed", body, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%.40q: the error echoes the request: %d characters", body, len(err.Error()))
		}
	}
}

func TestDecodeRefusesAnUnreadableClaim(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, claim := range []any{"", "0x", "0x12", someRoot + "0", "zz" + someRoot[2:], 12, request{}} {
		for _, name := range []string{"signingRoot", "signing_root"} {
			_, err := decoder.Decode(attestation().with(name, claim).body(t))
			if !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s = %v: %v, want malformed", name, claim, err)
			}
		}
	}
}

func TestDecodeKeepsWhatItKnowsForTheAudit(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	duty, err := decoder.Decode(attestation().with("signingRoot", someRoot).body(t))
	if !errors.Is(err, messages.ErrRootMismatch) || duty.Operation != messages.Attestation || duty.Slot != 65 || duty.TargetEpoch != 2 {
		t.Errorf("%+v, %v", duty, err)
	}
	duty, err = decoder.Decode([]byte(`{}`))
	if err == nil || duty.Operation != messages.UnknownOperation {
		t.Errorf("%+v, %v", duty, err)
	}
}

func TestDecoderServesManyAtOnce(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	body := attestation().body(t)
	want, err := decoder.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan messages.Duty)
	for range 8 {
		go func() {
			duty, _ := decoder.Decode(body)
			got <- duty
		}()
	}
	for range 8 {
		if duty := <-got; duty != want {
			t.Errorf("got %+v, want %+v", duty, want)
		}
	}
}

// FuzzDecode looks for a panic, and for a root that depends on what the client claims it to be.
func FuzzDecode(f *testing.F) {
	decoder := eth2.NewDecoder(mustBuiltin(f, "mainnet"))
	for i, s := range samples(f, "mainnet") {
		if i%4 == 1 {
			f.Add(asking[s.Type].request(s.Value).body(f))
		}
	}
	f.Add(exit("0x05000000", "0x06000000", "5", "4").body(f))
	f.Add([]byte(`{"type":"deposit","deposit":{"pubkey":"","withdrawal_credentials":"","amount":1,"genesis_fork_version":""}}`))
	f.Add([]byte("{\"\\u0074ype\" : \"BLOCK_V2\",\n\"beacon_block\":{\"version\":\"ALTAIR\",\"block\":{\"body\":{\"attestations\":[{},[\"\\\"]\"]]}}}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		duty, err := decoder.Decode(body)
		if (err == nil) == duty.SigningRoot.IsZero() {
			t.Fatalf("error %v with root %s", err, duty.SigningRoot)
		}
		if err != nil {
			if !errors.Is(err, messages.ErrMalformed) && !errors.Is(err, messages.ErrRootMismatch) && !errors.Is(err, messages.ErrWrongNetwork) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		// The last member of a name wins, so a claim that is put behind everything is the one that counts.
		end := strings.LastIndexByte(string(body), '}')
		claim := string(body[:end]) + `,"signing_root":null,"signingRoot":"` + duty.SigningRoot.String() + `"}`
		if again, err := decoder.Decode([]byte(claim)); err != nil || again != duty {
			t.Fatalf("with its own root claimed: %+v, %v, want %+v", again, err, duty)
		}
		claim = string(body[:end]) + `,"signing_root":null,"signingRoot":"` + zeroRoot + `"}`
		if _, err := decoder.Decode([]byte(claim)); !errors.Is(err, messages.ErrRootMismatch) {
			t.Fatalf("with another root claimed: %v, want a mismatch", err)
		}
	})
}

// The same bytes are decoded once; any other bytes are decoded, and the caller may overwrite them afterwards.
func TestSameRequestAgain(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	fresh := func(body []byte) messages.Duty {
		duty, err := eth2.NewDecoder(mustBuiltin(t, "mainnet")).Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		return duty
	}
	buffer := make([]byte, 0, 4096)
	for slot := range uint64(200) {
		vote := attestation()["attestation"].(request).with("slot", slot)
		body := attestation().with("attestation", vote).body(t)
		for range 2 {
			buffer = append(buffer[:0], body...)
			duty, err := decoder.Decode(buffer)
			if err != nil || duty != fresh(body) || duty.Slot != slot {
				t.Fatalf("slot %d: %+v, %v", slot, duty, err)
			}
			clear(buffer)
		}
	}
	body := attestation().body(t)
	if n := testing.AllocsPerRun(100, func() { _, _ = decoder.Decode(body) }); n != 0 {
		t.Errorf("%v allocations for a request that is known", n)
	}
}

// BenchmarkDecodeAttestation decodes votes that differ, and the same vote for one key after the other.
func BenchmarkDecodeAttestation(b *testing.B) {
	const slot = 10_000_000
	body := attestation().with("attestation", attestation()["attestation"].(request).with("slot", slot)).body(b)
	before, _, _ := bytes.Cut(body, []byte("10000000"))
	for name, step := range map[string]uint64{"different": 1, "same": 0} {
		b.Run(name, func(b *testing.B) {
			decoder := eth2.NewDecoder(mustBuiltin(b, "mainnet"))
			b.ReportAllocs()
			for n := uint64(slot); b.Loop(); n += step {
				strconv.AppendUint(body[:len(before)], n, 10)
				if _, err := decoder.Decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
