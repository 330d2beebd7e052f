package main_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const killRounds = 20

// delivered is a signature that a client holds.
type delivered struct {
	key, body, signature string
	duty                 messages.Duty
}

// TestKill ends the process without warning, again and again, while clients ask for everything that contradicts everything
// else. Whatever a client holds is on record afterwards, is signed again, and is contradicted by nothing, ever.
func TestKill(t *testing.T) {
	t.Parallel()
	hoodi, _ := eth2.Builtin("hoodi")
	decode := eth2.NewDecoder(hoodi).Decode
	dir := t.TempDir()
	var all []delivered
	for round := range killRounds {
		p := start(t, dir, "--logging-level=info,audit=off")
		replay(t, p, all)
		fresh := underFire(p, round)
		for i := range fresh {
			var err error
			if fresh[i].duty, err = decode([]byte(fresh[i].body)); err != nil {
				t.Fatal(err)
			}
		}
		onRecord(t, dir, fresh, "--network=hoodi", "--anti-slashing-path", devDatabase)
		all = append(all, fresh...)
	}
	if len(all) < 10*killRounds {
		t.Errorf("only %d signatures: this was no load", len(all))
	}
	for _, c := range conflicts(all) {
		t.Errorf("both were delivered:\n%s\n%s", c[0].body, c[1].body)
	}
	if out, code := run(t, dir, "slashing", "verify", "--network=hoodi", "--anti-slashing-path", devDatabase); code != 0 {
		t.Errorf("exit code %d: %s", code, out)
	}
	t.Logf("%d signatures in %d lives", len(all), killRounds)
}

// underFire lets clients ask until the process is killed, after some number of signatures. It returns all of them.
func underFire(p *process, round int) []delivered {
	const clients = 8
	signatures, done := make(chan delivered, 1024), make(chan struct{})
	for c := range clients {
		random := rand.New(rand.NewPCG(uint64(round), uint64(c)))
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				d := delivered{key: devKey(random.IntN(4)), body: anyDuty(random, round)}
				r, err := p.send("POST", p.api+"/api/v1/eth2/sign/"+d.key, d.body)
				if err != nil {
					return
				}
				if d.signature = r.body; r.status == 200 {
					signatures <- d
				}
			}
		}()
	}
	var all []delivered
	last := 15 + rand.IntN(60)
	for gone := 0; gone < clients; {
		select {
		case d := <-signatures:
			if all = append(all, d); len(all) == last {
				_ = p.command.Process.Signal(syscall.SIGKILL)
			}
		case <-done:
			gone++
		}
	}
	close(signatures)
	for d := range signatures {
		all = append(all, d)
	}
	return all
}

// anyDuty is a vote or a block of the round's time, which overlaps with that of the rounds before. There are so few
// different ones that many contradict each other.
func anyDuty(random *rand.Rand, round int) string {
	now := uint64(100 + 20*round)
	fork := byte(random.IntN(3))
	if random.IntN(3) == 0 {
		return block(now+random.Uint64N(40), fork)
	}
	target := now + random.Uint64N(40)
	return attestation(target-1-random.Uint64N(6), target, fork)
}

// replay asks again for the newest signatures, which must be the same, and for what contradicts them.
func replay(t *testing.T, p *process, all []delivered) {
	t.Helper()
	for _, d := range all[max(0, len(all)-10):] {
		p.sign(t, d.key, d.body).expect(t, 200, d.signature)
		other := attestation(d.duty.SourceEpoch, d.duty.TargetEpoch, 9)
		if d.duty.Operation == messages.BlockV2 {
			other = block(d.duty.Slot, 9)
		}
		p.sign(t, d.key, other).expect(t, 412, "double_")
	}
}

// onRecord looks for every delivered signature in what the command line exports.
func onRecord(t *testing.T, dir string, fresh []delivered, flags ...string) {
	t.Helper()
	out, code := run(t, dir, append([]string{"slashing", "export"}, flags...)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	type row struct {
		key                  string
		root                 messages.Root
		slot, source, target uint64
	}
	rows := map[row]bool{}
	_, err := eip3076.Decode(strings.NewReader(out), func(h eip3076.History) error {
		for _, b := range h.Blocks {
			rows[row{key: h.Key.String(), root: b.SigningRoot, slot: b.Slot}] = true
		}
		for _, a := range h.Attestations {
			rows[row{key: h.Key.String(), root: a.SigningRoot, source: a.Source, target: a.Target}] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range fresh {
		want := row{d.key, d.duty.SigningRoot, 0, d.duty.SourceEpoch, d.duty.TargetEpoch}
		if d.duty.Operation == messages.BlockV2 {
			want = row{d.key, d.duty.SigningRoot, d.duty.Slot, 0, 0}
		}
		if !rows[want] {
			t.Errorf("delivered, and not on record: %s", d.body)
		}
	}
}

// conflicts returns every pair of signatures that gets a validator slashed (consensus-specs, is_slashable_attestation_data
// and process_proposer_slashing), written once more and independently of the signer.
func conflicts(all []delivered) [][2]delivered {
	var pairs [][2]delivered
	for i, a := range all {
		for _, b := range all[:i] {
			if a.key == b.key && (contradict(a.duty, b.duty) || contradict(b.duty, a.duty)) {
				pairs = append(pairs, [2]delivered{a, b})
			}
		}
	}
	return pairs
}

func contradict(a, b messages.Duty) bool {
	vote := a.Operation == messages.Attestation
	switch {
	case vote != (b.Operation == messages.Attestation) || a.SigningRoot == b.SigningRoot:
		return false
	case vote:
		return a.TargetEpoch == b.TargetEpoch || a.SourceEpoch < b.SourceEpoch && b.TargetEpoch < a.TargetEpoch
	}
	return a.Slot == b.Slot
}

// TestConflicts plants what the test above must find.
func TestConflicts(t *testing.T) {
	t.Parallel()
	hoodi, _ := eth2.Builtin("hoodi")
	decode := eth2.NewDecoder(hoodi).Decode
	for _, test := range []struct {
		a, b string
		want int
	}{
		{attestation(1, 2, 1), attestation(1, 2, 1), 0},
		{attestation(1, 2, 1), attestation(2, 3, 1), 0},
		{attestation(1, 2, 1), attestation(1, 3, 1), 0},
		{attestation(1, 3, 1), attestation(2, 3, 1), 1},
		{attestation(1, 2, 1), attestation(1, 2, 2), 1},
		{attestation(1, 5, 1), attestation(2, 4, 1), 1},
		{attestation(2, 4, 1), attestation(1, 5, 1), 1},
		{block(64, 1), block(64, 1), 0},
		{block(64, 1), block(65, 2), 0},
		{block(64, 1), block(64, 2), 1},
		{block(64, 1), attestation(1, 2, 1), 0},
	} {
		var all []delivered
		for i, body := range []string{test.a, attestation(50, 51, 1), test.b, block(999, 1)} {
			duty, err := decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, delivered{devKey(0), body, fmt.Sprint(i), duty})
		}
		if got := len(conflicts(all)); got != test.want {
			t.Errorf("%d conflicts, want %d:\n%s\n%s", got, test.want, test.a, test.b)
		}
		for i := range all {
			all[i].key = devKey(i)
		}
		if len(conflicts(all)) != 0 {
			t.Error("keys have nothing to do with each other")
		}
	}
}
