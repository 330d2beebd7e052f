// Package telemetry tells people what the program does: metrics for Prometheus, log lines for people and machines, the
// audit stream among them, and traces for an OpenTelemetry collector. It is fed with facts ([messages.Event]) and knows
// nothing of whoever states them.
//
// # Guarantees
//
//   - Every metric is created by [New] on the Registerer that it is given, never on the global one. Label values that
//     are known at start exist at 0 from the first scrape on, so that rate() works from birth.
//   - [Metrics.Observe] and the function that [Observer] makes may be called from any goroutine, and do not panic,
//     whatever the event holds. Metrics wait for nobody; a log line waits for the Writer that it goes to, which is why
//     the program gives it one that does not wait. A value that is
//     not known is counted under a known label, or under its own where the program bounds how many there can be.
//   - Observing a finished signing request looks labels up in maps that were built at start, and allocates nothing of
//     its own.
//   - An attribute whose key names a secret is not written, whatever the format ([NewLogger]).
//   - Spans are queued, up to a bound, and sent by a goroutine of the SDK's. A collector that is away, slow or refuses costs
//     the spans that it does not take, a line a minute in the log, and nothing else.
//   - A log line has its target and its message from the program; what came from outside is only ever an escaped value.
//
// # Decisions
//
// Gauges that describe a state (health, queues, permits, uptime, memory) are read when Prometheus scrapes, not refreshed
// by a timer: the figure is never older than the scrape, there is no goroutine to supervise, and an idle program does no
// work. The functions in [Config] therefore have to answer at once, from an atomic or a snapshot.
//
// All six series of the signer's state are 0 until the owner of the state calls [Metrics.SetSignerState]. A state that
// is not known must not look like one that is: an alert on state "unsealed" not being 1 is right during the start.
//
// The gauge of active keys is set to the event's total rather than moved by what was added and removed. So an actor that
// restarts and announces its keys anew corrects the figure instead of doubling it.
//
// The store going down and an operation failing both count as an error of slashing protection. Counting the beginning of
// an outage twice harms no alert; missing one does.
//
// A refusal because of the wrong chain is no slashing rejection: nothing slashable was asked for, and an alert on
// rejections wakes people up. Web3Signer's counter of prevented signings does include it, and so does its alias here.
//
// The aliases under Web3Signer's names keep its dashboard working after one URL has been changed. They have no quantile
// 1.0: the estimator of the Go library divides by 1 − q, and the histogram answers the question better.
//
// OpenMetrics is not offered. It writes the bounds of a bucket as "1.0" rather than "1", which makes other series of
// them, and nothing here needs exemplars.
//
// A logger's target is an attribute, as everything else about a line, so that any *slog.Logger can be given one with
// With. The handler takes it out of the attributes, because a filter by target must not search a line that it then
// drops. A bare word in a filter that is no level is refused, though the Rust filter takes it for a target: "inof" has
// to be an error, not silence. For the same reason a filter without a default level means info for everything that it
// does not name, so that asking for more of one target never turns the audit stream off.
//
// The counter of lost audit records is read from their queue at scrape: the writer, whose events move the others, may be
// what is stuck. The profiles are on the metrics port because no client of the signing port should ever reach them.
//
// Redaction goes by the key and spares numbers and booleans, so that "shares=2" stays readable. It is the second line of
// defence only: the first is that nobody hands a secret to a logger.
//
// A span is made after the fact, from an event that says when something began and how long it took. So nothing of
// OpenTelemetry is on the way of a request, and a request that is not traced costs a comparison. What belongs together is
// told by [messages.Trace], which [Tracing.Begin] makes once for each request: it has the id of the request's span before
// that span exists, so that a step can name its parent although it ends first.
//
// Whether a trace is sampled is decided once, at its beginning: by the caller that sends a traceparent, or by the ratio.
// The caller's word counts even against a ratio of 0, because half a trace helps nobody. The log names the trace in
// either case. A traceparent that is broken begins a new trace, as W3C Trace Context has it; tracestate is not kept,
// since this is the last service of a trace.
//
// Requests for signatures, ceremonies, and refreshes of the signer state are traced: health checks and scrapes come by the
// second and have no steps. A ceremony has parts within parts, [messages.Part], each with an id before its span exists.
// Each refresh is a trace of its own, because nobody has asked for it; the ratio is what makes them fewer.
//
// A refused signature is an error of the step that refused it, but the request's span is one only from status 500 on, as
// OpenTelemetry has it for servers. The attributes outcome, operation, pubkey and request_id are those of the log.
//
// Of the OTEL_ variables the library honours what the configuration has no key for: headers, certificates, compression
// and timeout of the exporter, and further resource attributes. What has a key is taken from there alone. Nothing is
// registered globally.
package telemetry
