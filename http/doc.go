// Package http is the signer's face to validator clients and to the operators of its chamber: Web3Signer's routes, the
// batch route, health and key list, the ceremonies of the master key, and the server that carries them and drains. It
// turns a request into messages, hands them to functions that it was given, and turns their answers into replies. It
// knows no actor.
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
//     before it a messages.StepFinished for the reading of the body. For each ceremony whose trace is sampled, and that the
//     address may ask for, one messages.CeremonyAnswered is observed before the reply is written.
//   - The OpenAPI document at /openapi.yaml describes every route; the tests hold every reply against it.
//   - Ceremonies take no slots from signatures. At most Chamber.MaxConcurrent are in flight, each with a body of 64 KiB at
//     most that must arrive within 5 s. Who may ask for what is decided by one function, authorize, and by the guard.
//     Strangers, however many they are, take no place from whoever shows the management token, to seal in an emergency.
//   - Below /api/v1/chamber no secret of a body, nor a token of a reply, is left in this process's memory once the reply is
//     sent, but what Chamber.Perform was given. See below for headers.
//   - After [API.Drain] began nothing new is admitted, and what was admitted is answered; /upcheck still answers.
//
// # A sign request, in the order in which it runs
//
// admission.go: a slot → sign.go: the identifier → body.go: the body → Config.Decode → Config.Sign → accept.go: the form of
// the reply; problem.go when anything fails on the way.
//
// # Secrets in requests
//
// net/http reads into buffers and writes through others that go from connection to connection and are never wiped. So a
// route that takes or gives a secret reads its body into a buffer of its own, has it decoded in place (flatjson.go) into
// memory that its owner wipes, and replies on the bare connection (confidential.go): it takes it over (Hijack), fills the
// buffer that net/http read into with zeros, writes, and closes. Sign requests pay nothing for this.
//
// What cannot be wiped: the Authorization header, since net/http makes strings of headers, which stay until the garbage
// collector gives their memory to another; a body that follows headers which net/http itself refuses; what the kernel
// keeps of a connection. Setup and registration tokens are of no use once they are used, and a management token once the
// next is made.
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
//
// A ceremony's connection is taken from net/http, and not wrapped beneath it: to wrap the listener would cost each sign
// request something, could not reach the buffers that replies go through, and would wipe buffers that net/http has already
// given to another connection. It works with HTTP/1 only, which is all that this server speaks.
//
// A ceremony route answers, lets its client read, and only then closes: whoever is refused before the body was read must
// see the refusal and not a reset connection.
//
// Whoever opens the chamber again by key-encryption keys shows no credential, and there is no master key to check a token
// with. So it is taken from the signer's own machine, or from addresses that somebody has allowed in so many words.
//
// For the same reason the status tells callers on the signer's own machine, without a token, what they need to open it.
// A proxy on that machine speaks for others: a request that was forwarded by one that is not trusted is not local.
//
// A name of a body that is unknown is refused there, unlike in sign requests: a misspelt option of a ceremony is not
// noticed otherwise until it is too late.
package http
