// Command chamber-bench puts a remote signer with Web3Signer's API under load, and reports how fast it is, how long its
// callers wait, and what each signature costs it, beside what the same signature costs on this machine without any server.
//
//	chamber-bench --binary bin/containment-chamber --mix burst --keys 1000 --connections 64
//	chamber-bench --binary bin/containment-chamber --mix unique --rate 1000 -- --signing-group-window-milliseconds 4
//	chamber-bench --binary bin/containment-chamber --mix burst --keys 3000 --connections 256 --once
//	chamber-bench --url http://127.0.0.1:9000 --pid 4711 --output json
//	chamber-bench keys --keys 1000 --file bench.yaml      # the keys that a signer under --url must have
//
// # What it guarantees
//
//   - A signer that answers nonsense does not look fast: only a reply that has a signature counts, some are verified, and
//     two equal ones are reported.
//   - No request is slashable by intent: each round of a mix is a new epoch, above all rounds of earlier runs.
//   - In an open loop (--rate) a latency begins when the request was due, not when a connection was free for it, and a
//     request that was never sent is an error. In a closed loop it begins when the request is sent.
//   - It measures the process of the server, not the machine: CPU per signature is the same whatever the client costs.
//   - It speaks to loopback addresses only, for 30 minutes at most, and with keys of its own: it burns the watermark of
//     every key that it uses, so it refuses to use any that it has not derived itself.
//
// # Decisions
//
// The headline is a ratio, raw CPU per signature over the server's CPU per signature, because absolute figures of shared
// machines mean little. Raw is the library's own P2Affine.Sign and Compress. It is measured with all cores busy, as they are
// under the load, before the load and after it, and the median counts; and on one thread while the load runs, which is the
// figure to trust on a machine that others use too. Above 1 the server beats the library, which it does by hashing a message
// once that many keys sign.
//
// The client writes HTTP itself, over connections that each have one goroutine: net/http's costs as much as a server does,
// and both share the cores. Bodies are composed before the clock of their request starts.
//
// Signatures are verified after the load, not during it. The server's log goes to a file, as a container's does.
//
// Counted as delivered is what arrived within the window, so that it fits the CPU time of the window. Latencies are of the
// requests that were due within it, however late their answer, because leaving those out is what hides an overload.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	os.Exit(run(ctx, os.Args[1:], terminal{stdout: os.Stdout, stderr: os.Stderr}))
}
