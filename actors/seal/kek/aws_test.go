package kek_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/kek/kektest"
)

const (
	virginia = "arn:aws:kms:us-east-1:111111111111:key/aaaaaaaa-0000-0000-0000-000000000001"
	ireland  = "arn:aws:kms:eu-west-1:222222222222:key/bbbbbbbb-0000-0000-0000-000000000002"
	beijing  = "arn:aws-cn:kms:cn-north-1:333333333333:key/cccccccc-0000-0000-0000-000000000003"
	alias    = "arn:aws:kms:us-east-1:111111111111:alias/chamber"
)

// start serves a fake KMS, and returns settings to reach it.
func start(t testing.TB) (*kektest.Server, kek.Config) {
	t.Helper()
	fake := kektest.New(virginia, ireland, beijing)
	fake.Alias(alias, virginia)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return fake, kektest.Config(server.URL)
}

// Keys of several accounts, regions and partitions are asked in their own regions: the fake knows them nowhere else.
func TestAWSWraps(t *testing.T) {
	_, c := start(t)
	for _, arn := range []string{virginia, ireland, beijing, alias} {
		key := open(t, c, arn)
		if err := key.Check(t.Context()); err != nil {
			t.Error(err)
		}
		wantSecret(t, key, wrap(t, key, binding), binding)
	}
}

func TestAWSRejects(t *testing.T) {
	_, c := start(t)
	key := open(t, c, virginia)
	sealed := wrap(t, key, binding)
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1]++
	foreign := wrap(t, open(t, c, ireland), binding)
	for name, test := range map[string]struct {
		sealed  []byte
		binding kek.Binding
		want    string
	}{
		"another chamber":   {sealed, kek.Binding{ChamberID: "chamber-2", Share: 2}, "InvalidCiphertextException"},
		"another share":     {sealed, kek.Binding{ChamberID: "chamber-1", Share: 1}, "InvalidCiphertextException"},
		"a flipped bit":     {flipped, binding, "InvalidCiphertextException"},
		"garbage":           {[]byte("garbage"), binding, "InvalidCiphertextException"},
		"of another key":    {foreign, binding, "IncorrectKeyException"},
		"nothing":           {nil, binding, "of 0 bytes"},
		"more than KMS has": {make([]byte, 7000), binding, "of 7000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := key.Unwrap(t.Context(), test.sealed, test.binding)
			wantError(t, err, kek.ErrRejected, test.want)
			if got != nil {
				t.Errorf("an error, and %q", got)
			}
		})
	}
}

// operations are all that a key does, with a ciphertext that was good.
func operations(key kek.Key, sealed []byte) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"wrap":   func(ctx context.Context) error { _, err := key.Wrap(ctx, secret, binding); return err },
		"unwrap": func(ctx context.Context) error { _, err := key.Unwrap(ctx, sealed, binding); return err },
		"check":  key.Check,
	}
}

func TestAWSFaults(t *testing.T) {
	fake, c := start(t)
	key := open(t, c, virginia)
	sealed := wrap(t, key, binding)
	for name, test := range map[string]struct {
		kind kektest.FaultKind
		want error
	}{
		"away":      {kektest.Away, kek.ErrUnavailable},
		"denied":    {kektest.Denied, kek.ErrDenied},
		"throttled": {kektest.Throttled, kek.ErrUnavailable},
		"broken":    {kektest.Broken, kek.ErrUnavailable},
		"garbage":   {kektest.Garbage, kek.ErrRejected},
		"empty":     {kektest.Empty, kek.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			fake.Fail(virginia, kektest.Fault{Kind: test.kind})
			for _, do := range operations(key, sealed) {
				wantError(t, do(t.Context()), test.want, "")
			}
			other := open(t, c, ireland)
			wantSecret(t, other, wrap(t, other, binding), binding)
			fake.Fail(virginia, kektest.Fault{})
			wantSecret(t, key, sealed, binding)
		})
	}
}

func TestAWSStates(t *testing.T) {
	fake, c := start(t)
	key := open(t, c, virginia)
	sealed := wrap(t, key, binding)
	for _, state := range []types.KeyState{types.KeyStateDisabled, types.KeyStatePendingDeletion} {
		fake.SetState(virginia, state)
		for _, do := range operations(key, sealed) {
			wantError(t, do(t.Context()), kek.ErrDenied, "")
		}
		wantError(t, key.Check(t.Context()), kek.ErrDenied, string(state))
	}
	unknown := open(t, c, "arn:aws:kms:us-east-1:111111111111:key/gone")
	for _, do := range operations(unknown, sealed) {
		wantError(t, do(t.Context()), kek.ErrDenied, "NotFoundException")
	}
}

// A moment's trouble is not noticed, and lasting trouble costs three requests.
func TestAWSRetriesAreBounded(t *testing.T) {
	fake, c := start(t)
	key := open(t, c, virginia)
	for i, test := range []struct {
		times int
		ok    bool
	}{{1, true}, {2, true}, {0, false}} {
		before := fake.Calls("DescribeKey")
		fake.Fail(kektest.AllKeys, kektest.Fault{Kind: kektest.Throttled, Times: test.times})
		err := key.Check(t.Context())
		if n := fake.Calls("DescribeKey") - before; (err == nil) != test.ok || n > 3 {
			t.Errorf("%d: %d requests, %v", i, n, err)
		}
	}
}

func TestAWSHeedsTheContext(t *testing.T) {
	fake, c := start(t)
	key := open(t, c, virginia)
	sealed := wrap(t, key, binding)
	fake.Fail(kektest.AllKeys, kektest.Fault{Delay: time.Hour})
	for name, do := range operations(key, sealed) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := do(ctx)
		cancel()
		wantError(t, err, kek.ErrUnavailable, "")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: it hides why: %v", name, err)
		}
	}
}

// An answer that does not fit the question is not believed.
func TestAWSNonsense(t *testing.T) {
	const plain, blob = `"Plaintext":"c2VjcmV0"`, `"CiphertextBlob":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"`
	for name, answer := range map[string]string{
		"another key":  fmt.Sprintf(`{"KeyId":%q,%s,%s,"KeyMetadata":{"Arn":%q,"KeyState":"Enabled"}}`, ireland, plain, blob, ireland),
		"no key":       fmt.Sprintf(`{%s,%s,"KeyMetadata":{"KeyState":"Enabled"}}`, plain, blob),
		"no secret":    fmt.Sprintf(`{"KeyId":%q,"Plaintext":"","CiphertextBlob":""}`, virginia),
		"cut off":      `{"KeyId":`,
		"no base64":    fmt.Sprintf(`{"KeyId":%q,"Plaintext":"*","CiphertextBlob":"*","KeyMetadata":"*"}`, virginia),
		"longer plain": fmt.Sprintf(`{"KeyId":%q,"Plaintext":"%s","CiphertextBlob":"AAAA"}`, virginia, string(bytes.Repeat([]byte("AAAA"), 100))),
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				_, _ = w.Write([]byte(answer))
			}))
			defer server.Close()
			for _, do := range operations(open(t, kektest.Config(server.URL), virginia), make([]byte, 64)) {
				wantError(t, do(t.Context()), kek.ErrRejected, "")
			}
		})
	}
}

func TestAWSKinds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"KeyMetadata":{"Arn":%q,"KeyState":"Enabled","KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}}`, virginia)
	}))
	defer server.Close()
	wantError(t, open(t, kektest.Config(server.URL), virginia).Check(t.Context()), kek.ErrDenied, "RSA_2048 for SIGN_VERIFY")
}
