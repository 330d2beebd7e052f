package main_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"containment-chamber/actors/seal/kek/kektest"
	"containment-chamber/actors/storetest/dynalite"
)

// cloud is AWS, as far as a signer knows it: KMS and DynamoDB at one address.
type cloud struct {
	*httptest.Server
	kms  *kektest.Server
	mu   sync.Mutex
	seen []kektest.Request // guarded by mu
}

func newCloud(t *testing.T, tables http.Handler, keys ...string) *cloud {
	c := &cloud{kms: kektest.New(keys...)}
	c.kms.Watch = func(r kektest.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.seen = append(c.seen, r)
	}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "TrentService.") {
			c.kms.ServeHTTP(w, r)
			return
		}
		tables.ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// settings are a configuration that finds it.
func (c *cloud) settings() string {
	return "aws: {region: eu-central-1, endpoint_url: '" + c.URL + "'}\n"
}

// awsCredentials are an environment in which AWS's SDK is content.
func awsCredentials() []string {
	return []string{"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true"}
}

// requests are those to KMS so far.
func (c *cloud) requests() []kektest.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen)
}

// awsKeys are four keys in three accounts and regions.
var awsKeys = []string{
	"arn:aws:kms:us-east-1:111111111111:key/aaaaaaaa-0000-0000-0000-000000000001",
	"arn:aws:kms:eu-west-1:222222222222:key/bbbbbbbb-0000-0000-0000-000000000002",
	"arn:aws:kms:us-east-1:333333333333:key/cccccccc-0000-0000-0000-000000000003",
	"arn:aws:kms:ap-south-1:111111111111:key/dddddddd-0000-0000-0000-000000000004",
}

// The same on AWS: key-encryption keys in KMS, the signer state in DynamoDB. Each secret that KMS sees is bound to the
// chamber, and to the number of its share.
func TestCeremoniesOnAWS(t *testing.T) {
	t.Parallel()
	var server dynalite.Server
	t.Cleanup(server.Stop) // the last: the signer looks into it until it is killed
	tables := server.Endpoint(t)
	aws := newCloud(t, tables, awsKeys...)
	c := custodians{T: t, dir: t.TempDir(), env: awsCredentials()}
	c.open(ceremonySettings + "signer_state: {backend: dynamodb, table: " + tables.Table(t) + "}\n" + aws.settings())
	c.play(awsKeys)
	expectBindings(t, aws.requests())
	expectBound(t, aws)
}

// expectBindings looks at the encryption context of each request.
func expectBindings(t *testing.T, requests []kektest.Request) {
	t.Helper()
	type share struct{ key, number string }
	want, made := map[share]bool{}, map[share]bool{}
	for _, set := range [][]string{awsKeys[:3], awsKeys[1:]} { // at first, and since the rotation
		for i, key := range set {
			want[share{key, string(rune('1' + i))}] = true
		}
	}
	chambers, decrypted := map[string]bool{}, 0
	for _, r := range requests {
		if r.Refused != "" {
			t.Errorf("%s of %s: %s", r.Operation, r.Key, r.Refused)
		}
		switch s := (share{r.Key, r.Context["share"]}); {
		case r.Operation == "DescribeKey":
			continue
		case len(r.Context) != 3 || r.Context["app"] != "containment-chamber" || len(r.Context["chamber_id"]) != 32 || !want[s]:
			t.Errorf("%s of %s: its context is %v", r.Operation, r.Key, r.Context)
		case r.Operation == "Encrypt":
			made[s] = true
		default:
			decrypted++
		}
		chambers[r.Context["chamber_id"]] = true
	}
	if !maps.Equal(made, want) || len(chambers) != 1 || decrypted < 4 {
		t.Errorf("shares %v of %d chambers were wrapped, and %d unwrapped; want %v of one", made, len(chambers), decrypted, want)
	}
}

// expectBound shows the ciphertexts that the signer has decrypted to KMS again: with other contexts they are worth
// nothing.
func expectBound(t *testing.T, aws *cloud) {
	t.Helper()
	for _, r := range aws.requests() {
		if r.Operation != "Decrypt" {
			continue
		}
		decrypt := func(context map[string]string) error {
			settings, err := kektest.Config(aws.URL).LoadAWS(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			client := kms.NewFromConfig(settings, func(o *kms.Options) { o.Region, o.BaseEndpoint = strings.Split(r.Key, ":")[3], &aws.URL })
			_, err = client.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &r.Key, CiphertextBlob: r.Ciphertext, EncryptionContext: context})
			return err
		}
		if err := decrypt(r.Context); err != nil {
			t.Error(err)
		}
		wrong := []map[string]string{nil}
		for name := range r.Context {
			other, less := maps.Clone(r.Context), maps.Clone(r.Context)
			other[name] += "0"
			delete(less, name)
			wrong = append(wrong, other, less)
		}
		for _, context := range wrong {
			if err := decrypt(context); err == nil || !strings.Contains(err.Error(), "InvalidCiphertextException") {
				t.Errorf("with %v: %v", context, err)
			}
		}
	}
}
