package kektest_test

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"containment-chamber/actors/seal/kek/kektest"
)

const (
	arn   = "arn:aws:kms:us-east-1:111111111111:key/aaaaaaaa-0000-0000-0000-000000000001"
	other = "arn:aws:kms:us-east-1:222222222222:key/bbbbbbbb-0000-0000-0000-000000000002"
)

// client is the real SDK against a new Server.
func client(t *testing.T, region string) (*kektest.Server, *kms.Client) {
	t.Helper()
	fake := kektest.New(arn, other)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	settings, err := kektest.Config(server.URL).LoadAWS(t.Context(), region)
	if err != nil {
		t.Fatal(err)
	}
	return fake, kms.NewFromConfig(settings, func(o *kms.Options) { o.Region, o.BaseEndpoint = region, &server.URL })
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestGenerateDataKey(t *testing.T) {
	_, c := client(t, "us-east-1")
	name := arn
	bound := map[string]string{"a": "1", "b": "2"}
	made, err := c.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &name, KeySpec: types.DataKeySpecAes256, EncryptionContext: bound})
	if err != nil || len(made.Plaintext) != 32 || *made.KeyId != arn {
		t.Fatalf("%+v, %v", made, err)
	}
	// Another Server opens it, and finds the key by itself.
	_, elsewhere := client(t, "us-east-1")
	opened, err := elsewhere.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: made.CiphertextBlob, EncryptionContext: bound})
	if err != nil || !bytes.Equal(opened.Plaintext, made.Plaintext) || *opened.KeyId != arn {
		t.Errorf("%+v, %v", opened, err)
	}
	_, err = c.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: made.CiphertextBlob})
	wantCode(t, err, "InvalidCiphertextException")
	name = other
	_, err = c.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &name, CiphertextBlob: made.CiphertextBlob, EncryptionContext: bound})
	wantCode(t, err, "IncorrectKeyException")
	_, err = c.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &name})
	wantCode(t, err, "ValidationException")
}

func TestRefusals(t *testing.T) {
	fake, c := client(t, "us-east-1")
	name := arn
	_, err := c.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &name, Plaintext: make([]byte, 4097)})
	wantCode(t, err, "ValidationException")
	_, err = c.ListKeys(t.Context(), &kms.ListKeysInput{})
	wantCode(t, err, "UnknownOperationException")
	var seen kektest.Request
	fake.Watch = func(r kektest.Request) { seen = r }
	fake.SetState(arn, types.KeyStatePendingDeletion)
	_, err = c.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &name, Plaintext: []byte("x"), EncryptionContext: map[string]string{"a": "1"}})
	wantCode(t, err, "KMSInvalidStateException")
	if seen.Operation != "Encrypt" || seen.Key != arn || seen.Context["a"] != "1" || seen.Refused != "KMSInvalidStateException" {
		t.Errorf("saw %+v", seen)
	}
	described, err := c.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name})
	if err != nil || described.KeyMetadata.Enabled || described.KeyMetadata.KeyState != types.KeyStatePendingDeletion {
		t.Errorf("%+v, %v", described, err)
	}
	fake.Add(arn)
	if fake.Calls("Encrypt") != 2 || fake.Calls("DescribeKey") != 1 || fake.Calls("Decrypt") != 0 {
		t.Error("miscounted")
	}

	_, elsewhere := client(t, "eu-west-1")
	_, err = elsewhere.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name})
	wantCode(t, err, "NotFoundException")
}

func TestRequestsThatTheSDKNeverMakes(t *testing.T) {
	fake := kektest.New(arn)
	for body, want := range map[string]string{"{": "SerializationException", `{"KeyId":"` + arn + `"}`: "MissingAuthenticationTokenException"} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "TrentService.DescribeKey")
		w := httptest.NewRecorder()
		fake.ServeHTTP(w, r)
		if w.Code < 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestTruncated(t *testing.T) {
	fake, c := client(t, "us-east-1")
	name := arn
	sealed, err := c.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &name, Plaintext: []byte("abc")})
	if err != nil {
		t.Fatal(err)
	}
	fake.Fail(arn, kektest.Fault{Kind: kektest.Truncated, Operation: "Decrypt", Times: 1})
	if _, err := c.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name}); err != nil {
		t.Fatal(err) // another operation
	}
	for _, want := range []string{"ab", "abc"} {
		opened, err := c.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &name, CiphertextBlob: sealed.CiphertextBlob})
		if err != nil || string(opened.Plaintext) != want {
			t.Errorf("%+v, %v; want %s", opened, err, want)
		}
	}
}
