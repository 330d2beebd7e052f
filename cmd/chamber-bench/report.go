package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// report is what a run has found. The names of its JSON form are stable. Times are in the unit of their name's end, and
// what could not be measured is absent.
type report struct {
	Machine machine       `json:"machine"`
	Load    loadReport    `json:"load"`
	Result  resultReport  `json:"result"`
	Bursts  *burstReport  `json:"bursts,omitempty"`
	Server  *serverReport `json:"server,omitempty"`
	Client  clientReport  `json:"client"`
	Raw     rawReport     `json:"raw_bls"`
	Speed   *speedReport  `json:"speed,omitempty"`
}

// loadReport is what was asked for.
type loadReport struct {
	Mix         string   `json:"mix"`
	Keys        int      `json:"keys"`
	Connections int      `json:"connections"`
	BatchSize   int      `json:"batch_size,omitempty"`
	Rate        float64  `json:"rate_per_second,omitempty"`
	Signer      string   `json:"signer"`
	ServerFlags []string `json:"server_flags,omitempty"`
}

// resultReport is what the callers have seen.
type resultReport struct {
	Seconds             float64       `json:"seconds"`
	Requests            uint64        `json:"requests"`
	Signatures          uint64        `json:"signatures"`
	SignaturesPerSecond float64       `json:"signatures_per_second"`
	Latency             latencyReport `json:"latency_ms"`
	// Refused are the requests that were answered 503; absent if none was.
	Refused    *latencyReport `json:"refused_ms,omitempty"`
	Errors     []errorReport  `json:"errors"`
	Verified   uint64         `json:"verified_signatures"`
	Wrong      uint64         `json:"wrong_signatures"`
	Duplicates uint64         `json:"duplicate_signatures"`
}

// latencyReport is of requests, not of signatures.
type latencyReport struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99_9"`
	Max  float64 `json:"max"`
}

func latencyOf(h *histogram) latencyReport {
	return latencyReport{
		millis(h.quantile(0.5)), millis(h.quantile(0.9)), millis(h.quantile(0.99)), millis(h.quantile(0.999)), millis(h.longest),
	}
}

// errorReport counts signatures that were not delivered. Status 0 is a failure of the transport.
type errorReport struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Count  uint64 `json:"count"`
}

// burstReport is the time from the first request of a round to its last signature.
type burstReport struct {
	Signatures uint64    `json:"signatures"`
	Each       []float64 `json:"each_ms"`
	Median     float64   `json:"median_ms"`
}

// serverReport is what the load has cost the server's process.
type serverReport struct {
	CPUPerSignature     float64  `json:"cpu_us_per_signature"`
	Cores               float64  `json:"cores_used"`
	ResidentBefore      int64    `json:"resident_bytes_before"`
	ResidentAfter       int64    `json:"resident_bytes_after"`
	CommitsPerSignature *float64 `json:"commits_per_signature,omitempty"`
}

// clientReport is what the load has cost the bench itself, its looks at the library included.
type clientReport struct {
	CPUPerSignature float64 `json:"cpu_us_per_signature"`
}

// rawReport is P2Affine.Sign and Compress without any server: on one core, on all, and on one thread beside the load.
type rawReport struct {
	SingleCPU         float64 `json:"single_cpu_us_per_signature"`
	ParallelCPU       float64 `json:"parallel_cpu_us_per_signature"`
	ParallelPerSecond float64 `json:"parallel_signatures_per_second"`
	BesideCPU         float64 `json:"beside_cpu_us_per_signature"`
}

// speedReport is raw CPU per signature over the server's: above 1, the server needs less than the library by itself.
type speedReport struct {
	Parallel float64 `json:"of_raw_parallel"`
	Single   float64 `json:"of_raw_single"`
	Beside   float64 `json:"of_raw_beside"`
}

func newReport(c *loadCommand, signer target, o outcome) *report {
	single, parallel := median(o.raw.single), median(o.raw.parallel)
	r := &report{
		Machine: thisMachine(),
		Load: loadReport{Mix: c.Mix, Keys: c.Keys, Connections: o.connections, Rate: c.Rate,
			Signer: cmp.Or(c.Binary, c.URL), ServerFlags: c.ServerFlags},
		Result: newResult(o),
		Bursts: newBursts(o, c.Keys),
		Raw:    rawReport{micros(single.cpu), micros(parallel.cpu), parallel.second, micros(o.raw.beside.each())},
	}
	if c.Mix == mixBatch {
		r.Load.BatchSize = c.BatchSize
	}
	n := o.tally.signatures
	if n == 0 {
		return r
	}
	r.Client.CPUPerSignature = micros(o.after.clientCPU-o.before.clientCPU) / float64(n)
	if signer.pid == 0 {
		return r
	}
	r.Server = newServer(o)
	if cpu := r.Server.CPUPerSignature; cpu > 0 {
		r.Speed = &speedReport{r.Raw.ParallelCPU / cpu, r.Raw.SingleCPU / cpu, r.Raw.BesideCPU / cpu}
	}
	return r
}

func newResult(o outcome) resultReport {
	t, took := o.tally, o.took()
	r := resultReport{
		Seconds: took.Seconds(), Requests: t.requests, Signatures: t.signatures,
		SignaturesPerSecond: float64(t.signatures) / took.Seconds(),
		Latency:             latencyOf(&t.latency),
		Errors:              []errorReport{}, Verified: o.verdict.verified, Wrong: o.verdict.wrong, Duplicates: o.verdict.duplicates,
	}
	if t.refused.total > 0 {
		refused := latencyOf(&t.refused)
		r.Refused = &refused
	}
	for k, n := range t.errors {
		r.Errors = append(r.Errors, errorReport{k.status, k.code, n})
	}
	slices.SortFunc(r.Errors, func(a, b errorReport) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return r
}

func newBursts(o outcome, keys int) *burstReport {
	if len(o.bursts) == 0 {
		return nil
	}
	b := &burstReport{Signatures: uint64(keys)}
	for _, took := range o.bursts {
		b.Each = append(b.Each, millis(took))
	}
	b.Median = slices.Sorted(slices.Values(b.Each))[len(b.Each)/2]
	return b
}

func newServer(o outcome) *serverReport {
	n, cpu := float64(o.tally.signatures), o.after.cpu-o.before.cpu
	s := &serverReport{
		CPUPerSignature: micros(cpu) / n,
		Cores:           cpu.Seconds() / o.took().Seconds(),
		ResidentBefore:  o.before.resident,
		ResidentAfter:   o.after.resident,
	}
	if o.before.counted && o.after.counted {
		share := (o.after.commits - o.before.commits) / n
		s.CommitsPerSignature = &share
	}
	return s
}

// fault is an error when the signer has delivered what is no signature of its request.
func (r *report) fault() error {
	if r.Result.Wrong > 0 || r.Result.Duplicates > 0 {
		return fmt.Errorf("the signer delivered %d wrong and %d duplicate signatures", r.Result.Wrong, r.Result.Duplicates)
	}
	if r.Result.Signatures == 0 {
		return errors.New("the signer delivered no signature")
	}
	return nil
}

// write writes the report as text or JSON.
func (r *report) write(w io.Writer, form string) error {
	if form == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.print(w)
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
