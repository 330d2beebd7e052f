package kektest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// input has the members of all requests that matter here.
type input struct {
	KeyID             string            `json:"KeyId"`
	Plaintext         []byte            `json:"Plaintext"`
	CiphertextBlob    []byte            `json:"CiphertextBlob"`
	EncryptionContext map[string]string `json:"EncryptionContext"`
	KeySpec           string            `json:"KeySpec"`
	NumberOfBytes     int               `json:"NumberOfBytes"`
}

// output has the members of all answers.
type output struct {
	KeyID          string    `json:"KeyId,omitempty"`
	Plaintext      []byte    `json:"Plaintext,omitempty"`
	CiphertextBlob []byte    `json:"CiphertextBlob,omitempty"`
	KeyMetadata    *metadata `json:"KeyMetadata,omitempty"`
}

func (o output) truncated() output {
	o.Plaintext = o.Plaintext[:max(0, len(o.Plaintext)-1)]
	o.CiphertextBlob = o.CiphertextBlob[:max(0, len(o.CiphertextBlob)-1)]
	o.KeyMetadata = nil
	return o
}

type metadata struct {
	Arn          string
	KeyID        string `json:"KeyId"`
	AWSAccountID string `json:"AWSAccountId"`
	Enabled      bool
	KeyState     types.KeyState
	KeySpec      types.KeySpec
	KeyUsage     types.KeyUsageType
}

func (s *Server) describeKey(arn string, _ input) (output, error) {
	part := strings.Split(arn, ":")
	state, _ := s.keys.Load(arn)
	return output{KeyMetadata: &metadata{
		Arn:          arn,
		KeyID:        strings.TrimPrefix(part[5], "key/"),
		AWSAccountID: part[4],
		Enabled:      state == types.KeyStateEnabled,
		KeyState:     state.(types.KeyState),
		KeySpec:      types.KeySpecSymmetricDefault,
		KeyUsage:     types.KeyUsageTypeEncryptDecrypt,
	}}, nil
}

func (s *Server) encrypt(arn string, in input) (output, error) {
	if len(in.Plaintext) == 0 || len(in.Plaintext) > 4096 {
		return output{}, refusal{http.StatusBadRequest, "ValidationException", "'plaintext' must be of 1 to 4096 bytes"}
	}
	id, gcm := idOf(arn), aead(arn)
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	blob := append(id[:], nonce...)
	return output{KeyID: arn, CiphertextBlob: gcm.Seal(blob, nonce, in.Plaintext, contextOf(in))}, nil
}

func (s *Server) decrypt(arn string, in input) (output, error) {
	id, gcm := idOf(arn), aead(arn)
	sealed, ours := bytes.CutPrefix(in.CiphertextBlob, id[:])
	if !ours && s.keyOf(input{CiphertextBlob: in.CiphertextBlob}) != "" {
		return output{}, refusal{http.StatusBadRequest, "IncorrectKeyException", "another key made the ciphertext"}
	}
	if ours && len(sealed) > gcm.NonceSize() {
		nonce, sealed := sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():]
		if plaintext, err := gcm.Open(nil, nonce, sealed, contextOf(in)); err == nil {
			return output{KeyID: arn, Plaintext: plaintext}, nil
		}
	}
	return output{}, refusal{http.StatusBadRequest, "InvalidCiphertextException", ""}
}

func (s *Server) generateDataKey(arn string, in input) (output, error) {
	size := map[string]int{"AES_256": 32, "AES_128": 16, "": in.NumberOfBytes}[in.KeySpec]
	if size < 1 || size > 1024 {
		return output{}, refusal{http.StatusBadRequest, "ValidationException", "want a 'keySpec', or 'numberOfBytes' of 1 to 1024"}
	}
	in.Plaintext = make([]byte, size)
	_, _ = rand.Read(in.Plaintext) // never fails
	out, err := s.encrypt(arn, in)
	out.Plaintext = in.Plaintext
	return out, err
}

// contextOf is the associated data: JSON has the names in order.
func contextOf(in input) []byte {
	text, _ := json.Marshal(in.EncryptionContext) // strings always marshal
	return text
}

// idOf begins the ciphertexts of a key.
func idOf(arn string) [sha256.Size]byte { return sha256.Sum256([]byte("id of " + arn)) }

func aead(arn string) cipher.AEAD {
	key := sha256.Sum256([]byte("key of " + arn))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("kektest: AES-256 refuses a key of 32 bytes") // unreachable
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("kektest: GCM refuses AES") // unreachable
	}
	return gcm
}
