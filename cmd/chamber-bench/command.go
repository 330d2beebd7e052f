package main

import (
	"context"
	"fmt"
	"time"

	"containment-chamber/actors/signing/eth2"
)

// loadCommand is "chamber-bench", the load itself.
type loadCommand struct {
	Binary     string `type:"existingfile" xor:"signer" help:"containment-chamber to start: in a directory of its own, on free ports, with SQLite."`
	URL        string `name:"url" xor:"signer" placeholder:"http://127.0.0.1:9000" help:"Signer that runs already. It must have the bench's keys, see 'chamber-bench keys'."`
	PID        int    `name:"pid" help:"Process of the signer under --url, for its CPU time and memory."`
	MetricsURL string `name:"metrics-url" placeholder:"http://127.0.0.1:3000/metrics" help:"Metrics of the signer under --url, for its commits and profiles."`
	Dir        string `type:"existingdir" help:"Where the started signer keeps its history: a directory on the disk that is to be measured. Default: the system's temporary directory."`

	Mix         string        `enum:"burst,unique,epoch,batch" default:"burst" help:"What is asked for: burst (one slot's attestations, one message), unique (all different), epoch (all duties of an epoch), batch (the burst by the batch route)."`
	Keys        int           `default:"1000" help:"Keys that sign."`
	Connections int           `default:"64" help:"Keep-alive connections, each with at most one request under way; fewer are used where rounds would overtake each other."`
	Rate        float64       `help:"Open loop: requests a second, whether or not the signer keeps up. 0 is a closed loop."`
	BatchSize   int           `default:"100" help:"Keys in one request of the mix batch."`
	Duration    time.Duration `default:"20s" help:"How long is measured, at most 30m."`
	Warmup      time.Duration `default:"3s" help:"Load before that."`
	Once        bool          `help:"Instead: bursts of one round each, and the time until the last signature of each."`
	Rounds      int           `default:"5" help:"Bursts of --once, after one that does not count."`
	VerifyEvery int           `default:"200" help:"Verify one signature of this many."`
	RawSpell    time.Duration `default:"400ms" help:"How long raw BLS is measured at a time: three times alone and three times on all cores, before the load and after it."`
	Network     string        `default:"hoodi" help:"Network of the requests, and of the started signer."`
	Profiles    string        `type:"path" placeholder:"DIR" help:"Write the signer's CPU profile of the measured time, and its heap profile after it, to cpu.pprof and heap.pprof there. A signer under --url must have metrics.pprof on."`
	FirstEpoch  uint64        `help:"Epoch of the first round. Default: the clock in milliseconds, which is above all earlier runs."`
	Output      string        `enum:"text,json" default:"text" help:"Form of the report."`
	ServerFlags []string      `arg:"" optional:"" placeholder:"FLAG" help:"Flags for the started signer, behind --."`
}

// The bounds of a load.
const (
	maxKeys        = 100_000
	maxConnections = 16_384
	maxDuration    = 30 * time.Minute
	maxBatch       = 5_000
)

// check says what is wrong with the flags, if anything is.
func (c *loadCommand) check() error {
	for _, rule := range []struct {
		holds bool
		text  string
	}{
		{(c.Binary == "") != (c.URL == ""), "give one of --binary and --url"},
		{c.Keys >= 1 && c.Keys <= maxKeys, fmt.Sprintf("--keys: want 1 to %d", maxKeys)},
		{c.Connections >= 1 && c.Connections <= maxConnections, fmt.Sprintf("--connections: want 1 to %d", maxConnections)},
		{c.BatchSize >= 1 && c.BatchSize <= maxBatch, fmt.Sprintf("--batch-size: want 1 to %d", maxBatch)},
		{c.Duration > 0 && c.Warmup >= 0 && c.Duration+c.Warmup <= maxDuration, "--duration and --warmup: want at most 30m together"},
		{c.Rate >= 0 && c.Rate <= 1e6, "--rate: want 0 to 1000000"},
		{c.Rate == 0 || !c.Once, "--rate and --once exclude each other"},
		{c.Rounds >= 1 && c.Rounds <= 1000, "--rounds: want 1 to 1000"},
		{c.RawSpell > 0 && c.RawSpell <= time.Minute, "--raw-spell: want at most 1m"},
		{c.VerifyEvery >= 1, "--verify-every: want at least 1"},
		{c.URL == "" || len(c.ServerFlags) == 0, "flags for a server need --binary"},
		{c.Profiles == "" || !c.Once, "--profiles and --once exclude each other"},
		{c.Profiles == "" || c.Binary != "" || c.MetricsURL != "", "--profiles of a signer under --url need --metrics-url"},
	} {
		if !rule.holds {
			return fmt.Errorf("%w: %s", errUsage, rule.text)
		}
	}
	return nil
}

// mixture makes what the plan needs.
func (c *loadCommand) mixture() (mixture, error) {
	network, ok := eth2.Builtin(c.Network)
	if !ok {
		return mixture{}, fmt.Errorf("%w: --network: %q is none of %v", errUsage, c.Network, eth2.BuiltinNames())
	}
	keys, err := benchKeys(c.Keys)
	if err != nil {
		return mixture{}, err
	}
	first := c.FirstEpoch
	if first == 0 {
		first = uint64(time.Now().UnixMilli())
	}
	return mixture{network, keys, c.BatchSize, first}, nil
}

// Run implements kong's command: start or find the signer, measure, report.
func (c *loadCommand) Run(ctx context.Context, t terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	m, err := c.mixture()
	if err != nil {
		return err
	}
	signer, stop, err := c.signer(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if c.Profiles != "" {
		if signer.profiler, err = newProfiler(ctx, signer.metrics, c.Profiles); err != nil {
			return err
		}
	}
	if err := signer.awaitKeys(ctx, m.keys); err != nil {
		return err
	}
	r, err := c.measure(ctx, signer, m)
	if err != nil {
		return err
	}
	if err := r.write(t.stdout, c.Output); err != nil {
		return err
	}
	return r.fault()
}

// signer returns what is put under load, and how to end it.
func (c *loadCommand) signer(ctx context.Context) (target, func(), error) {
	if c.URL != "" {
		t, err := newTarget(c.URL, c.PID, c.MetricsURL)
		return t, func() {}, err
	}
	flags := c.ServerFlags
	if c.Profiles != "" {
		flags = append(flags, "--metrics-pprof=true")
	}
	s, err := launch{c.Binary, c.Dir, c.Network, c.Keys, flags}.start(ctx)
	if err != nil {
		return target{}, nil, err
	}
	t, err := newTarget(s.url, s.process.Process.Pid, s.metrics)
	if err != nil {
		s.stop()
	}
	t.loading = true
	return t, s.stop, err
}
