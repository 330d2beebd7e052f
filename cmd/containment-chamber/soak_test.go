package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSoak runs the signer at half of what it can do, while actors crash at random, and expects that nothing grows, no
// request is left without an answer, and no vote is contradicted. SOAK says for how long, such as 15m.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		t.Skip("SOAK is not set to a duration")
	}
	i := begin(t, 500, nil, nil)
	defer i.end(t)
	rate := i.closedLoop(64, 5*time.Second) / 2
	i.client.CloseIdleConnections()
	before := resources()
	s := &soak{instance: i, rate: rate, began: time.Now(), length: length}
	s.run(t)
	t.Logf("%.0f requests/s, at half load %.0f: %d signed, %d refused while actors were down, %d contradictions refused, %d crashes, %d reloads",
		float64(s.offered)/length.Seconds(), rate, s.signed.Load(), s.unavailable.Load(), s.contradictions.Load(), s.crashes, s.reloads)
	if s.reloads == 0 {
		t.Error("no reload was accepted")
	}
	if s.signed.Load() < int64(s.offered)*9/10 {
		t.Errorf("only %d of %d were signed", s.signed.Load(), s.offered)
	}
	flat(t, "goroutines", s.goroutines, 500) // a client that waits is one as well, and on a busy machine many wait
	flat(t, "resident bytes", s.resident, 16<<20)
	i.checkRest(t, before)
}

// soak is one run and what it counted.
type soak struct {
	*instance
	rate   float64
	began  time.Time
	length time.Duration

	signed, unavailable, contradictions atomic.Int64
	offered, crashes, reloads           int
	goroutines, resident                []float64 // samples, equally far apart
}

func (s *soak) running() bool { return time.Since(s.began) < s.length }

// run asks at its rate, or, if the machine has become too busy for that, with as many callers as there may be at once.
func (s *soak) run(t *testing.T) {
	var all sync.WaitGroup
	all.Go(s.disturb)
	all.Go(s.sample)
	callers := make(chan struct{}, 128)
	for s.running() {
		if float64(s.offered) > time.Since(s.began).Seconds()*s.rate {
			time.Sleep(time.Millisecond)
			continue
		}
		n := s.offered
		s.offered++
		callers <- struct{}{}
		all.Go(func() {
			s.vote(t, n)
			<-callers
		})
	}
	all.Wait()
}

// vote asks for the n-th vote: all keys vote for one epoch, then for the next. What was signed is contradicted in one of
// fifty cases.
func (s *soak) vote(t *testing.T, n int) {
	key, target := n%len(s.keys), uint64(n/len(s.keys)+10)
	status, err := s.sign(key, ballot(target, 1))
	switch {
	case err == nil && status == http.StatusServiceUnavailable:
		s.unavailable.Add(1)
		return
	case err != nil || status != http.StatusOK:
		t.Errorf("vote %d: %d %v", n, status, err)
		return
	}
	s.signed.Add(1)
	if n%50 != 0 {
		return
	}
	switch status, err := s.sign(key, ballot(target, 2)); {
	case err == nil && status == http.StatusPreconditionFailed:
		s.contradictions.Add(1)
	case err != nil || status != http.StatusServiceUnavailable:
		t.Errorf("the contradiction of vote %d: %d %v", n, status, err)
	}
}

// disturb reloads the keys, and crashes one actor after the other, in random order, so seldom that no supervisor gives
// up (2 in 1m for the signing actor).
func (s *soak) disturb() {
	victims := []string{"chamber/slashing", "chamber/keys", "chamber/signing", "chamber/watchdog", "chamber/signing/worker-00", "chamber/signing/worker-01"}
	order := rand.Perm(len(victims))
	for pause := min(30*time.Second, s.length/5); ; {
		if time.Sleep(pause); time.Since(s.began)+pause > s.length {
			return // healed before the end
		}
		s.reload()
		s.system.Crash(victims[order[s.crashes%len(victims)]])
		s.crashes++
	}
}

// reload asks for a reload, which the next crash may meet.
func (s *soak) reload() {
	reply, err := s.client.Post(s.api+"/reload", "", nil)
	if err != nil {
		return
	}
	if reply.Body.Close(); reply.StatusCode == http.StatusAccepted {
		s.reloads++
	}
}

// sample takes a sample every ten seconds, or sooner in a short run.
func (s *soak) sample() {
	for ; s.running(); time.Sleep(min(10*time.Second, s.length/40)) {
		s.goroutines = append(s.goroutines, float64(runtime.NumGoroutine()))
		s.resident = append(s.resident, residentBytes())
	}
}

// residentBytes is what the process has in memory (Linux: proc(5), statm).
func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseFloat(strings.Fields(string(text))[1], 64) // the kernel writes numbers
	return pages * float64(os.Getpagesize())
}

// flat expects that what was sampled climbs by no more than a tenth of its mean, and slack. The first quarter is warming
// up.
func flat(t *testing.T, what string, samples []float64, slack float64) {
	t.Helper()
	mean, climb := trend(samples[len(samples)/4:])
	verdict := fmt.Sprintf("%s: %.0f on average, %+.0f from the beginning to the end", what, mean, climb)
	if t.Log(verdict); climb > mean/10+slack {
		t.Error("it grows: " + verdict)
	}
}

// trend fits a line to some samples, and returns its middle and its climb over all of them.
func trend(samples []float64) (mean, climb float64) {
	n := float64(len(samples))
	var x, y, xx, xy float64
	for i, v := range samples {
		x, y, xx, xy = x+float64(i), y+v, xx+float64(i)*float64(i), xy+float64(i)*v
	}
	return y / n, n * (n*xy - x*y) / (n*xx - x*x)
}

func TestTrend(t *testing.T) {
	for _, test := range []struct{ samples, want []float64 }{
		{[]float64{5, 5, 5, 5}, []float64{5, 0}},
		{[]float64{1, 2, 3, 4}, []float64{2.5, 4}},
		{[]float64{4, 3, 2, 1}, []float64{2.5, -4}},
	} {
		if mean, climb := trend(test.samples); mean != test.want[0] || climb != test.want[1] {
			t.Errorf("%v: got %v and %v, want %v", test.samples, mean, climb, test.want)
		}
	}
}
