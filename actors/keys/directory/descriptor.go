package directory

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"containment-chamber/actors/keys/bls"
)

// descriptor is what a document says: a secret key, or a keystore and its password file.
type descriptor struct {
	secret                     []byte
	keystoreFile, passwordFile string
}

// The types of Web3Signer that are understood.
const (
	typeRaw      = "file-raw"
	typeKeystore = "file-keystore"
)

// unsupportedTypes are those that Web3Signer has, or had, beside them.
var unsupportedTypes = []string{
	"hashicorp", "aws-secret", "aws-kms", "azure-secret", "azure-key", "gcp-secret", "yubihsm", "yubihsm2", "interlock", "usb-armory",
}

// parseDescriptor reads one document. Errors give lines and the names of known fields, never the document's text.
func parseDescriptor(d document) (descriptor, error) {
	fields, err := d.fields()
	if err != nil {
		return descriptor{}, err
	}
	var kind string
	for _, f := range fields {
		if f.name == "type" {
			kind = f.value
		}
	}
	switch {
	case kind == typeRaw:
		return rawDescriptor(fields)
	case kind == typeKeystore:
		return keystoreDescriptor(fields)
	case slices.Contains(unsupportedTypes, kind):
		return descriptor{}, fmt.Errorf("type %s is not supported: put the key into a keystore, with type file-keystore", kind)
	default:
		return descriptor{}, fmt.Errorf("line %d: type must be file-raw or file-keystore", d.line)
	}
}

func rawDescriptor(fields []field) (descriptor, error) {
	values, err := exactly(fields, "privateKey")
	if err != nil {
		return descriptor{}, err
	}
	secret, err := hex.DecodeString(strings.TrimPrefix(values["privateKey"], "0x"))
	if err != nil || len(secret) != bls.SecretKeySize {
		clear(secret)
		return descriptor{}, errors.New("privateKey must be 64 hex digits, with or without 0x")
	}
	return descriptor{secret: secret}, nil
}

func keystoreDescriptor(fields []field) (descriptor, error) {
	values, err := exactly(fields, "keystoreFile", "keystorePasswordFile")
	if err != nil {
		return descriptor{}, err
	}
	return descriptor{keystoreFile: values["keystoreFile"], passwordFile: values["keystorePasswordFile"]}, nil
}

// exactly returns the values of the required fields. Beside them only type and keyType may stand, and the latter must be BLS.
func exactly(fields []field, required ...string) (map[string]string, error) {
	values := map[string]string{"keyType": "BLS"}
	for _, f := range fields {
		if f.name != "type" && f.name != "keyType" && !slices.Contains(required, f.name) {
			return nil, fmt.Errorf("line %d: unknown field, want type, keyType, %s", f.line, strings.Join(required, ", "))
		}
		if !f.scalar || f.value == "" {
			return nil, fmt.Errorf("line %d: %s must have one plain value", f.line, f.name)
		}
		values[f.name] = f.value
	}
	switch strings.ToUpper(values["keyType"]) {
	case "BLS":
	case "SECP256K1":
		return nil, errors.New("keyType SECP256K1 is for the execution layer: this signer holds BLS keys only")
	default:
		return nil, errors.New("keyType must be BLS")
	}
	for _, name := range required {
		if values[name] == "" {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	return values, nil
}
