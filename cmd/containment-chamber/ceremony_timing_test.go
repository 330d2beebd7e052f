package main_test

import (
	"math"
	"net/http"
	"testing"
	"time"

	"containment-chamber/actors/seal/quorum"
)

// An unseal by KMS and two passphrases takes the time of two Argon2id, and a second at most. A share that is refused takes as
// long as one that is taken: nobody learns from the time how near he was. Each time is the best of several, because the
// machine does other things as well.
func TestUnsealTakesItsTime(t *testing.T) {
	aws := newCloud(t, http.NotFoundHandler(), awsKeys...)
	c := custodians{T: t, dir: t.TempDir(), env: awsCredentials()}
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\n" + aws.settings())
	c.establish(awsKeys[:3])
	times := struct{ argon2id, unseal, good, refused time.Duration }{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}
	for range 4 { // five wrong passphrases lock an operator out
		times.argon2id = min(times.argon2id, timed(func() {
			quorum.SealUnderPassphrase(make([]byte, 33), []byte(passphrases["alice"]), quorum.Binding{})
		}))
		c.answers(http.StatusOK, "/seal", c.read("management.token"), `{"reason":"drill"}`)
		refused := timed(func() { c.submits(http.StatusForbidden, "/unseal", "alice", passphrases["carol"]) })
		good := timed(func() { c.submits(http.StatusOK, "/unseal", "alice", passphrases["alice"]) })
		last := timed(func() { c.submits(http.StatusOK, "/unseal", "carol", passphrases["carol"]) })
		times.refused, times.good, times.unseal = min(times.refused, refused), min(times.good, good), min(times.unseal, good+last)
	}
	t.Logf("one Argon2id takes %v; an unseal by KMS and two passphrases %v; a share that is refused %v, a good one %v",
		times.argon2id, times.unseal, times.refused, times.good)
	if limit := 2*times.argon2id + time.Second; times.unseal > limit {
		t.Errorf("the unseal takes %v, want at most %v", times.unseal, limit)
	}
	if ratio := float64(times.refused) / float64(times.good); ratio < 0.5 || ratio > 2 {
		t.Errorf("a share that is refused takes %.2f times as long as a good one", ratio)
	}
}

func timed(f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}
