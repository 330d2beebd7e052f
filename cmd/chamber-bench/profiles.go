package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// profiler fetches profiles of a signer that serves them on its metrics port. The zero profiler fetches none.
type profiler struct {
	url string // of /debug/pprof/
	dir string // where they are written
}

// profileTimeout bounds the longest profile: the signer is under load, and takes its time.
const profileTimeout = maxDuration + time.Minute

// newProfiler makes sure, before any load, that there will be profiles, and a place for them.
func newProfiler(ctx context.Context, metrics, dir string) (profiler, error) {
	base, found := strings.CutSuffix(metrics, "/metrics")
	if !found {
		return profiler{}, fmt.Errorf("%w: --profiles: want --metrics-url http://HOST:PORT/metrics, got %q", errUsage, metrics)
	}
	p := profiler{base + "/debug/pprof/", dir}
	if err := p.fetch(ctx, "cmdline", io.Discard); err != nil {
		return p, fmt.Errorf("--profiles: is the signer started with metrics.pprof: true? %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return p, fmt.Errorf("--profiles: %w", err)
	}
	return p, nil
}

// during begins a CPU profile of that time, to the second. What it returns waits for it.
func (p profiler) during(ctx context.Context, d time.Duration) func() error {
	done := make(chan error, 1)
	go func() {
		// The signer rounds as well, and a profile is at least a second long.
		done <- p.save(ctx, fmt.Sprintf("profile?seconds=%d", max(1, int(d.Seconds()))), "cpu.pprof")
	}()
	return func() error { return <-done }
}

// heap takes a profile of what lives after a garbage collection.
func (p profiler) heap(ctx context.Context) error { return p.save(ctx, "heap?gc=1", "heap.pprof") }

// save writes a profile to a file.
func (p profiler) save(ctx context.Context, profile, name string) error {
	if p.dir == "" {
		return nil
	}
	file, err := os.Create(filepath.Join(p.dir, name))
	if err != nil {
		return fmt.Errorf("--profiles: %w", err)
	}
	defer file.Close()
	if err := p.fetch(ctx, profile, file); err != nil {
		return fmt.Errorf("--profiles: %w", err)
	}
	return file.Close()
}

func (p profiler) fetch(ctx context.Context, profile string, to io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, profileTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+profile, nil)
	if err != nil {
		return err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", request.URL, reply.Status)
	}
	_, err = io.Copy(to, reply.Body)
	return err
}
