package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"containment-chamber/messages"
)

// target is the signer under load, and what can be learnt about it. pid and metrics are zero where they are not known.
type target struct {
	url, address string
	pid          int
	metrics      string
	profiler     profiler
	// loading says that it was started just now, and may not have read all its keys yet.
	loading bool
}

// newTarget checks that a URL is of this machine.
func newTarget(text string, pid int, metrics string) (target, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return target{}, fmt.Errorf("%w: --url: want http://HOST:PORT, got %q", errUsage, text)
	}
	if !loopback(u.Hostname()) {
		return target{}, fmt.Errorf("%w: --url: %s is not this machine: only loopback addresses are put under load", errUsage, u.Hostname())
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return target{url: "http://" + u.Host, address: net.JoinHostPort(u.Hostname(), port), pid: pid, metrics: metrics}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// awaitKeys returns when the signer has all keys that it must have: load on any other key would burn its watermark. Only a
// signer that was started just now is waited for.
func (t target) awaitKeys(ctx context.Context, keys []messages.PublicKey) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		missing, err := t.missing(ctx, keys)
		switch {
		case err != nil:
			return err
		case missing == 0:
			return nil
		case !t.loading:
			return fmt.Errorf("the signer lacks %d of the bench's %d keys: give it the file that 'chamber-bench keys' writes", missing, len(keys))
		}
		if err := sleepUntil(ctx, time.Now().Add(lookEvery)); err != nil {
			return fmt.Errorf("the signer still lacks %d of %d keys: %w", missing, len(keys), err)
		}
	}
}

func (t target) missing(ctx context.Context, keys []messages.PublicKey) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/api/v1/eth2/publicKeys", nil)
	if err != nil {
		return 0, fmt.Errorf("keys of the signer: %w", err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("keys of the signer: %w", err)
	}
	defer reply.Body.Close()
	var listed []messages.PublicKey
	if err := json.NewDecoder(reply.Body).Decode(&listed); err != nil {
		return 0, fmt.Errorf("keys of the signer: %s: %w", reply.Status, err)
	}
	has := make(map[messages.PublicKey]bool, len(listed))
	for _, key := range listed {
		has[key] = true
	}
	missing := 0
	for _, key := range keys {
		if !has[key] {
			missing++
		}
	}
	return missing, nil
}

// reading is what the signer and the client have used so far.
type reading struct {
	at             time.Time
	cpu, clientCPU time.Duration
	resident       int64
	commits        float64
	// counted says that commits is known.
	counted bool
}

// read takes a reading. The scrape of the metrics is kept out of the CPU time between a first and a last reading.
func (t target) read(last bool) (r reading, err error) {
	if !last {
		if err := t.readCommits(&r); err != nil {
			return r, err
		}
	}
	r.at = time.Now()
	if t.pid != 0 {
		if r.cpu, err = cpuOf(t.pid); err != nil {
			return r, err
		}
		if r.resident, err = residentOf(t.pid); err != nil {
			return r, err
		}
	}
	if r.clientCPU, err = ownCPU(); err != nil {
		return r, err
	}
	if last {
		err = t.readCommits(&r)
	}
	return r, err
}

func (t target) readCommits(r *reading) (err error) {
	if t.metrics != "" {
		r.commits, r.counted, err = commitsOf(t.metrics)
	}
	return err
}
