package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// print writes the report as a table for people.
func (r *report) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, values ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, values...))
	}
	row("machine", "%s, %d cores, Linux %s, %s, %s", r.Machine.CPU, r.Machine.Cores, r.Machine.Kernel, r.Machine.Go, r.Machine.System)
	row("load", "%s", r.Load.describe())
	row("signatures", "%d in %.1f s, %.0f/s", r.Result.Signatures, r.Result.Seconds, r.Result.SignaturesPerSecond)
	row("latency, ms", "%s", r.Result.Latency.describe())
	if r.Result.Refused != nil {
		row("refused, ms", "%s", r.Result.Refused.describe())
	}
	if b := r.Bursts; b != nil {
		row("burst, ms", "%d signatures in %.0f (median of %d: %s)", b.Signatures, b.Median, len(b.Each), joined(b.Each))
	}
	row("errors", "%s", describeErrors(r.Result.Errors))
	row("verified", "%d signatures: %d wrong; %d duplicates among all", r.Result.Verified, r.Result.Wrong, r.Result.Duplicates)
	if s := r.Server; s != nil {
		row("server", "%.1f µs CPU per signature, %.2f cores, resident %d MiB before, %d MiB after",
			s.CPUPerSignature, s.Cores, s.ResidentBefore>>20, s.ResidentAfter>>20)
		if c := s.CommitsPerSignature; c != nil {
			row("commits", "%.4f per signature", *c)
		}
	}
	row("client", "%.1f µs CPU per signature", r.Client.CPUPerSignature)
	row("raw BLS", "%.1f µs CPU per signature on all cores (%.0f/s), %.1f µs on one, %.1f µs beside the load",
		r.Raw.ParallelCPU, r.Raw.ParallelPerSecond, r.Raw.SingleCPU, r.Raw.BesideCPU)
	if s := r.Speed; s != nil {
		row("speed", "%.2f of raw BLS on all cores, %.2f on one, %.2f beside the load", s.Parallel, s.Single, s.Beside)
	}
	return table.Flush()
}

func (l loadReport) describe() string {
	text := fmt.Sprintf("%s, %d keys, %d connections", l.Mix, l.Keys, l.Connections)
	if l.BatchSize > 0 {
		text += fmt.Sprintf(", %d keys a request", l.BatchSize)
	}
	if l.Rate > 0 {
		text += fmt.Sprintf(", %g requests a second", l.Rate)
	}
	if len(l.ServerFlags) > 0 {
		text += ", server " + strings.Join(l.ServerFlags, " ")
	}
	return text
}

func (l latencyReport) describe() string {
	return fmt.Sprintf("p50 %.1f   p90 %.1f   p99 %.1f   p99.9 %.1f   max %.1f", l.P50, l.P90, l.P99, l.P999, l.Max)
}

func describeErrors(errors []errorReport) string {
	if len(errors) == 0 {
		return "none"
	}
	texts := make([]string, len(errors))
	for i, e := range errors {
		texts[i] = fmt.Sprintf("%d %s: %d", e.Status, e.Code, e.Count)
	}
	return strings.Join(texts, ", ")
}

func joined(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprintf("%.0f", v)
	}
	return strings.Join(texts, " ")
}
