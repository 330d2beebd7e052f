// Package kektest is a stand-in for AWS KMS, for tests: an [http.Handler] that speaks its protocol (awsJson 1.1) with the
// real SDK. It has Encrypt, Decrypt, GenerateDataKey and DescribeKey of symmetric keys.
//
// # What it guarantees
//
//   - It refuses what KMS refuses, in KMS's words: unknown keys, keys of another region than the one that was asked,
//     keys that are not enabled, other encryption contexts, other keys' ciphertexts, altered ones, unsigned requests.
//   - It fails as it is told to, for one key or for all (see [Fault]).
//   - The same keys in another Server, or in one of another process, open each other's ciphertexts.
//   - A Server may be used from several goroutines.
//
// # Decisions
//
// Keys are made of their ARNs. So nothing has to be stored for a restart, and nobody is tempted to use it for anything
// but tests.
//
// Signatures are not verified, since that would test the SDK and not the signer. Their region is: that a key's own region
// is asked is the signer's doing.
//
// State lies in maps and numbers of package sync, each of which is right by itself. A request that runs while a fault is
// set may or may not see it.
package kektest

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"containment-chamber/actors/seal/kek"
)

// Server is a stand-in for KMS in all regions and accounts. Make it with [New].
type Server struct {
	// Watch, if it is set before the first request, is told of each that the server has judged, and that no [Fault] has
	// answered. It may be called from several goroutines.
	Watch func(Request)

	keys    sync.Map // ARN to types.KeyState
	aliases sync.Map // ARN of an alias to ARN of a key
	faults  sync.Map // ARN to *fault
	calls   sync.Map // operation to *atomic.Int64
}

var _ http.Handler = (*Server)(nil)

// Request is what somebody asked of a key.
type Request struct {
	Operation  string // such as Decrypt
	Key        string // the ARN
	Context    map[string]string
	Ciphertext []byte // what was to be decrypted
	Refused    string // KMS's code for why it was refused; empty when it was not
}

// New returns a Server that has these keys, which are ARNs.
func New(keys ...string) *Server {
	s := new(Server)
	for _, arn := range keys {
		s.Add(arn)
	}
	return s
}

// Add makes a key, or enables it again.
func (s *Server) Add(arn string) { s.keys.Store(arn, types.KeyStateEnabled) }

// Alias gives a key another name, which is an ARN too.
func (s *Server) Alias(alias, arn string) { s.aliases.Store(alias, arn) }

// SetState changes the state of a key. All but Enabled refuse to encrypt and to decrypt.
func (s *Server) SetState(arn string, state types.KeyState) { s.keys.Store(arn, state) }

// Calls counts the requests for an operation, such as Decrypt, also those that failed.
func (s *Server) Calls(operation string) int { return int(s.count(operation).Load()) }

func (s *Server) count(operation string) *atomic.Int64 {
	n, _ := s.calls.LoadOrStore(operation, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// AllKeys is an ARN that stands for every key, in Fail.
const AllKeys = ""

// Fault is what goes wrong.
type Fault struct {
	Kind FaultKind
	// Operation is the one that fails, such as Encrypt; empty stands for all.
	Operation string
	// Delay passes before anything else happens, unless the client leaves.
	Delay time.Duration
	// Times is how many requests fail before all is well again; 0 stands for all.
	Times int
}

// FaultKind says how requests fail.
type FaultKind int

// Faults. The zero value is none.
const (
	None      FaultKind = iota
	Away                // the connection ends without an answer
	Denied              // AccessDeniedException
	Throttled           // ThrottlingException
	Broken              // KMSInternalException, with status 500
	Garbage             // an answer that is no JSON
	Empty               // an answer that says nothing
	Truncated           // an answer whose secrets and ciphertexts lack their last byte
)

// fault is a Fault that counts.
type fault struct {
	Fault
	left atomic.Int64
}

// Fail breaks a key, or all of them, until it is called again with other words. Fault{} mends.
func (s *Server) Fail(arn string, f Fault) {
	counted := &fault{Fault: f}
	counted.left.Store(int64(f.Times))
	s.faults.Store(arn, counted)
}

// faultOf returns what goes wrong with an operation of a key.
func (s *Server) faultOf(arn, operation string) Fault {
	for _, name := range []string{arn, AllKeys} {
		if f, ok := s.faults.Load(name); ok {
			if f := f.(*fault); f.hits(operation) && (f.Times == 0 || f.left.Add(-1) >= 0) {
				return f.Fault
			}
		}
	}
	return Fault{}
}

func (f Fault) hits(operation string) bool {
	return f != (Fault{}) && (f.Operation == "" || f.Operation == operation)
}

// Config is for a Ring that finds a Server at this URL. Its credentials are static, and it does not wait long between
// attempts.
func Config(url string) kek.Config {
	return kek.Config{
		Endpoint: url,
		LoadAWS: func(context.Context, string) (aws.Config, error) {
			return aws.Config{
				Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""),
				Retryer: func() aws.Retryer {
					return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
				},
			}, nil
		},
	}
}
