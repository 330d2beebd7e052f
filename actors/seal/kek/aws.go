package kek

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go/logging"
)

const (
	// callTimeout bounds an operation with all its attempts. KMS answers within 100 ms across an ocean.
	callTimeout = 10 * time.Second
	attempts    = 3
	// maxBackoff lets all attempts have their turn within callTimeout.
	maxBackoff = time.Second
)

// newClient makes the client of a region. It says nothing: what it has to say comes back as errors.
func newClient(settings aws.Config, region, endpoint string) *kms.Client {
	return kms.NewFromConfig(settings, func(o *kms.Options) {
		o.Region = region
		o.Logger = logging.Nop{}
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
		if settings.Retryer == nil {
			o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) { s.MaxAttempts, s.MaxBackoff = attempts, maxBackoff })
		}
	})
}

// awsKey is a key in AWS KMS.
type awsKey struct {
	client *kms.Client
	arn    string // of the key, or of an alias
}

var _ Key = awsKey{}

func (k awsKey) Wrap(ctx context.Context, plaintext []byte, binding Binding) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	out, err := k.client.Encrypt(ctx, &kms.EncryptInput{
		KeyId:               &k.arn,
		Plaintext:           plaintext,
		EncryptionContext:   binding.context(),
		EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault,
	})
	switch {
	case err != nil:
		return nil, k.failed(err)
	case !k.answers(out.KeyId) || len(out.CiphertextBlob) <= len(plaintext) || len(out.CiphertextBlob) > maxCiphertext:
		return nil, k.nonsense()
	}
	return out.CiphertextBlob, nil
}

func (k awsKey) Unwrap(ctx context.Context, ciphertext []byte, binding Binding) ([]byte, error) {
	if len(ciphertext) == 0 || len(ciphertext) > maxCiphertext {
		return nil, fmt.Errorf("%s: %w: no ciphertext is of %d bytes", k.arn, ErrRejected, len(ciphertext))
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId:               &k.arn,
		CiphertextBlob:      ciphertext,
		EncryptionContext:   binding.context(),
		EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault,
	})
	switch {
	case err != nil:
		return nil, k.failed(err)
	case !k.answers(out.KeyId) || len(out.Plaintext) == 0 || len(out.Plaintext) >= len(ciphertext):
		clear(out.Plaintext)
		return nil, k.nonsense()
	}
	return out.Plaintext, nil
}

func (k awsKey) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	out, err := k.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &k.arn})
	if err != nil {
		return k.failed(err)
	}
	key := out.KeyMetadata
	switch {
	case key == nil || !k.answers(key.Arn):
		return k.nonsense()
	case key.KeyState != types.KeyStateEnabled:
		return fmt.Errorf("%s: %w: its state is %s", k.arn, ErrDenied, key.KeyState)
	case key.KeySpec != types.KeySpecSymmetricDefault || key.KeyUsage != types.KeyUsageTypeEncryptDecrypt:
		return fmt.Errorf("%s: %w: it is of the kind %s for %s, and must be SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT",
			k.arn, ErrDenied, key.KeySpec, key.KeyUsage)
	}
	return nil
}

// answers tells whether an answer names the key that was asked, or for an alias one of the same region and account.
func (k awsKey) answers(name *string) bool {
	home, _, isAlias := strings.Cut(k.arn, ":alias/")
	if isAlias {
		return name != nil && strings.HasPrefix(*name, home+":key/")
	}
	return name != nil && *name == k.arn
}

func (k awsKey) nonsense() error {
	return fmt.Errorf("%s: %w: the answer is none that KMS gives", k.arn, ErrRejected)
}
