package kek

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// What [Config.Observe] is told, in the words of KMS. Files are observed in the same words.
const (
	ActionEncrypt     = "encrypt"
	ActionDecrypt     = "decrypt"
	ActionDescribeKey = "describe_key"
)

// Config says how a Ring reaches its keys. The zero value is ready for AWS.
type Config struct {
	// Endpoint, if set, is the URL at which KMS is found, for every region: an emulator or a VPC endpoint. Otherwise
	// AWS_ENDPOINT_URL_KMS and AWS_ENDPOINT_URL are heeded by LoadAWS, and after them the regions' own addresses.
	Endpoint string
	// LoadAWS returns credentials and settings. The region is for those parts that need one and find none configured. When
	// nil, the SDK's usual places are looked up: environment, shared files, the roles of containers and instances.
	LoadAWS func(ctx context.Context, region string) (aws.Config, error)
	// Observe, if set, is told of every operation after its end, with its retries in it, unless it ended because of
	// [ErrNotNeeded]. It may be called from several goroutines.
	Observe func(action string, err error, took time.Duration)
}

// Ring opens references. Make it with [NewRing].
type Ring struct {
	config  Config
	loaded  atomic.Pointer[aws.Config]
	clients sync.Map // region to *kms.Client
}

// NewRing returns a Ring. It reaches out to nothing yet.
func NewRing(c Config) *Ring {
	if c.LoadAWS == nil {
		c.LoadAWS = loadAWS
	}
	if c.Observe == nil {
		c.Observe = func(string, error, time.Duration) {}
	}
	return &Ring{config: c}
}

func loadAWS(ctx context.Context, region string) (aws.Config, error) {
	return config.LoadDefaultConfig(ctx, config.WithDefaultRegion(region))
}

// Open returns the key of a reference, without asking for it: [Key.Check] does that. The error is that AWS's settings
// could not be loaded, and wraps [ErrUnavailable].
func (r *Ring) Open(ctx context.Context, reference Reference) (Key, error) {
	switch {
	case reference == Reference{}:
		return nil, errors.New("kek: no reference to open")
	case reference.region == "":
		return observed{fileKey(reference.Path()), r.config.Observe}, nil
	}
	client, err := r.client(ctx, reference.region)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: cannot load the settings of AWS: %w", reference, ErrUnavailable, err)
	}
	return observed{awsKey{client, reference.text}, r.config.Observe}, nil
}

// client returns a region's client. Two that are made at the same time share the credentials; one of them is forgotten.
func (r *Ring) client(ctx context.Context, region string) (*kms.Client, error) {
	if client, ok := r.clients.Load(region); ok {
		return client.(*kms.Client), nil
	}
	settings := r.loaded.Load()
	if settings == nil {
		fresh, err := r.config.LoadAWS(ctx, region)
		if err != nil {
			return nil, err
		}
		r.loaded.CompareAndSwap(nil, &fresh)
		settings = r.loaded.Load()
	}
	client, _ := r.clients.LoadOrStore(region, newClient(*settings, region, r.config.Endpoint))
	return client.(*kms.Client), nil
}

// observed is a Key whose operations are observed.
type observed struct {
	key     Key
	observe func(action string, err error, took time.Duration)
}

var _ Key = observed{}

// started is a call under way.
type started struct {
	action string
	at     time.Time
}

func (o observed) Wrap(ctx context.Context, plaintext []byte, binding Binding) (ciphertext []byte, err error) {
	defer o.end(ctx, started{ActionEncrypt, time.Now()}, &err)
	if len(plaintext) == 0 || len(plaintext) > MaxPlaintext {
		return nil, errPlaintext
	}
	return o.key.Wrap(ctx, plaintext, binding)
}

func (o observed) Unwrap(ctx context.Context, ciphertext []byte, binding Binding) (plaintext []byte, err error) {
	defer o.end(ctx, started{ActionDecrypt, time.Now()}, &err)
	return o.key.Unwrap(ctx, ciphertext, binding)
}

func (o observed) Check(ctx context.Context) (err error) {
	defer o.end(ctx, started{ActionDescribeKey, time.Now()}, &err)
	return o.key.Check(ctx)
}

func (o observed) end(ctx context.Context, call started, err *error) {
	if *err != nil && errors.Is(context.Cause(ctx), ErrNotNeeded) {
		return
	}
	o.observe(call.action, *err, time.Since(call.at))
}
