package http

import (
	"bytes"
	"encoding/json"
	"fmt"

	"containment-chamber/messages"
)

// parseBatch splits a batch's body into its identifiers, at most limit of them, and the signing request. Unknown fields
// are ignored, as everywhere in this API. Every error is an ErrMalformed.
func parseBatch(body []byte, limit int) (identifiers []string, request json.RawMessage, err error) {
	var envelope struct {
		Identifiers    json.RawMessage `json:"identifiers"`
		SigningRequest json.RawMessage `json:"signing_request"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, nil, fmt.Errorf("%w: body is not a JSON object with identifiers and signing_request", messages.ErrMalformed)
	}
	if envelope.SigningRequest == nil {
		return nil, nil, fmt.Errorf("%w: signing_request is missing", messages.ErrMalformed)
	}
	identifiers, err = parseIdentifiers(envelope.Identifiers, limit)
	return identifiers, envelope.SigningRequest, err
}

// parseIdentifiers reads an array of strings and stops at the limit: a body full of empty strings must not become a list
// many times its size.
func parseIdentifiers(array json.RawMessage, limit int) ([]string, error) {
	malformed := fmt.Errorf("%w: identifiers: want an array of public keys as strings", messages.ErrMalformed)
	decoder := json.NewDecoder(bytes.NewReader(array))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('[') {
		return nil, malformed
	}
	identifiers := []string{}
	for decoder.More() {
		if len(identifiers) == limit {
			return nil, fmt.Errorf("%w: identifiers: more than %d, split the batch", messages.ErrMalformed, limit)
		}
		identifier, err := decoder.Token()
		text, ok := identifier.(string)
		if err != nil || !ok {
			return nil, malformed
		}
		identifiers = append(identifiers, text)
	}
	return identifiers, nil
}
