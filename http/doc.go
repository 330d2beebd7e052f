// Package http is the signer's face to validator clients: Web3Signer's routes, the batch route, health and key list, and
// the server that carries them and drains. It turns a request into messages, hands them to functions that it was given, and
// turns their answers into replies. It knows no actor.
//
// # What it guarantees
//
//   - Every request gets one reply, whatever it holds. A handler that panics answers 500 and the server lives on.
//   - Every error of ours is JSON: {"error": stable code, "message": what and what to do, "request_id": …}. One table, in
//     problem.go, decides status, code and Retry-After for each sentinel of messages/protocol.go. What wraps no sentinel is
//     told as "internal", without its text.
//   - Memory has a bound: a body is refused above Config.MaxBodyBytes; besides, it grows past 64 KiB only while fewer than
//     Config.MaxLargeBodies others do, and only until Config.BodyTimeout.
//   - A sign request beyond Config.MaxConcurrent is refused before its body is read. /upcheck is never refused.
//   - For each sign request, and each item of a batch, one messages.SigningFinished is observed before the reply is written.
//   - For each sign request and each batch whose trace is sampled, one messages.RequestFinished is observed after that, and
//     before it a messages.StepFinished for the reading of the body.
//   - After [API.Drain] began nothing new is admitted, and what was admitted is answered; /upcheck still answers.
//
// # A sign request, in the order in which it runs
//
// admission.go: a slot → sign.go: the identifier → body.go: the body → Config.Decode → Config.Sign → accept.go: the form of
// the reply; problem.go when anything fails on the way.
//
// # Decisions
//
// The package has the name of the one that it builds on: a package's own name is no identifier inside it, so "net/http" is
// imported plainly. Importers of both give this one another name.
//
// A slot is taken before anything of a sign request is read, and is held until the signature is written or refused. A
// refusal at the gate still names the key of the path, so that the record shows which key went unsigned.
//
// Only application/json itself, or a range that includes it, makes JSON of a signature, whatever the qualities: that is
// Web3Signer's rule, and clients that send no Accept header (Teku, Prysm) count on text. A quality of zero refuses.
//
// Texts of the caller's own mistakes (4xx) are shown whole, for they name the field, the rule or the network. Texts of our
// troubles (5xx) are the sentinel's and an advice only: what an error gathered further down (paths, SQL) belongs in the log.
//
// A body is read into a buffer that begins small and grows as bytes arrive, not by what Content-Length promises: a client
// that promises much and sends nothing holds nothing.
//
// The slots are a channel. So waiting for the last admitted request is taking every slot: no counter, lock or poll.
//
// Draining counts as overloaded in the metrics: the client sees the same thing, a 503 that asks it to try again.
// A batch that cannot be read is one finished request; once its identifiers and duty are known, each item is one.
//
// Read deadlines are set for each body by http.ResponseController, not by http.Server.ReadTimeout, so that the protection
// belongs to the API and is the same under every server. The server's own is a backstop for bodies that nobody reads.
package http
