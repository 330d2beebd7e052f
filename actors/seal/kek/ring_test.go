package kek_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/kek/kektest"
)

func TestOperationsAreObserved(t *testing.T) {
	fake := kektest.New(virginia)
	url := httptest.NewServer(fake)
	defer url.Close()
	var seen []string
	c := kektest.Config(url.URL)
	c.Observe = func(action string, err error, took time.Duration) {
		if took <= 0 {
			t.Errorf("%s took %v", action, took)
		}
		seen = append(seen, fmt.Sprint(action, " ", err == nil))
	}
	want := []string{"encrypt true", "decrypt true", "decrypt false", "describe_key true", "encrypt false", "encrypt false"}
	for _, reference := range []string{virginia, "file:" + newFile(t)} {
		seen = nil
		key := open(t, c, reference)
		sealed := wrap(t, key, binding)
		wantSecret(t, key, sealed, binding)
		_, _ = key.Unwrap(t.Context(), sealed, kek.Binding{})
		_ = key.Check(t.Context())
		for _, size := range []int{0, kek.MaxPlaintext + 1} {
			if _, err := key.Wrap(t.Context(), make([]byte, size), binding); err == nil {
				t.Errorf("%s: wrapped %d bytes", reference, size)
			}
		}
		if !slices.Equal(seen, want) {
			t.Errorf("%s: observed %q", reference, seen)
		}
	}
}

// Credentials are loaded once, and again only when that failed.
func TestSettingsAreLoadedOnce(t *testing.T) {
	var loads atomic.Int64
	away := errors.New("no instance profile yet")
	ring := kek.NewRing(kek.Config{LoadAWS: func(_ context.Context, region string) (aws.Config, error) {
		if loads.Add(1) == 1 {
			return aws.Config{}, away
		}
		if region != "us-east-1" {
			t.Errorf("for %s", region)
		}
		return aws.Config{}, nil
	}})
	_, err := ring.Open(t.Context(), parse(t, virginia))
	wantError(t, err, kek.ErrUnavailable, "no instance profile yet")
	for range 3 {
		for _, reference := range []string{virginia, ireland} {
			if _, err := ring.Open(t.Context(), parse(t, reference)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if loads.Load() != 2 {
		t.Errorf("loaded %d times", loads.Load())
	}
}

func TestOpenNothing(t *testing.T) {
	if key, err := kek.NewRing(kek.Config{}).Open(t.Context(), kek.Reference{}); err == nil || key != nil {
		t.Errorf("opened %v", key)
	}
}

// The places that the SDK looks into by itself.
func TestSettingsOfTheEnvironment(t *testing.T) {
	fake := kektest.New(virginia)
	url := httptest.NewServer(fake)
	defer url.Close()
	t.Setenv("AWS_ENDPOINT_URL_KMS", url.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	key := open(t, kek.Config{}, virginia)
	wantSecret(t, key, wrap(t, key, binding), binding)
	fake.Fail(virginia, kektest.Fault{Kind: kektest.Broken, Times: 1})
	if err := key.Check(t.Context()); err != nil || fake.Calls("DescribeKey") != 2 {
		t.Errorf("%d calls, %v: the SDK's own retries are what mends a moment's trouble", fake.Calls("DescribeKey"), err)
	}
}

func TestConcurrentUse(t *testing.T) {
	fake := kektest.New(virginia, ireland)
	url := httptest.NewServer(fake)
	defer url.Close()
	ring := kek.NewRing(kektest.Config(url.URL))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			key, err := ring.Open(t.Context(), parse(t, []string{virginia, ireland}[i%2]))
			if err != nil {
				t.Error(err)
				return
			}
			b := kek.Binding{ChamberID: "c", Share: i}
			sealed, err := key.Wrap(t.Context(), secret, b)
			if err != nil {
				t.Error(err)
				return
			}
			wantSecret(t, key, sealed, b)
		})
	}
	group.Wait()
}
