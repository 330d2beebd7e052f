package eip3076

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"containment-chamber/messages"
)

// Version is the version of the interchange format that is read and written (EIP-3076 §JSON Schema).
const Version = "5"

// History is the part of an interchange file that belongs to one entry of its data array.
type History struct {
	Key          messages.PublicKey
	Blocks       []Block
	Attestations []Attestation
}

// Decode reads an interchange file and hands each entry of its data array to each, in the order of the file; several
// may have the same key. It returns the genesis validators root of the file, which may stand behind the data: until
// Decode has returned without an error, whoever was called must be able to forget everything.
//
// Memory is bounded by the longest entry. Public keys and roots may be in upper case and without 0x, numbers may be
// JSON numbers, a missing or null signing_root is an unknown one, and unknown fields are skipped. Everything else that
// departs from the schema is refused with [messages.ErrMalformed], which names the entry. An error of each or of file
// is returned wrapped.
func Decode(file io.Reader, each func(History) error) (messages.Root, error) {
	d := decoder{Decoder: json.NewDecoder(file)}
	var root messages.Root
	err := d.object(map[string]field{
		"metadata": {required: true, read: func() (err error) {
			root, err = d.metadata()
			return within("metadata", err)
		}},
		"data": {required: true, read: func() error { return d.data(each) }},
	})
	if err != nil {
		return messages.Root{}, fileError{fmt.Errorf("interchange file: %w", err)}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return messages.Root{}, fileError{fmt.Errorf("interchange file: %w: something follows the end of the object", messages.ErrMalformed)}
	}
	return root, nil
}

// fileError is an error of Decode. It is a [messages.ErrMalformed] without its name: a file is no request.
type fileError struct{ error }

func (e fileError) Error() string {
	return strings.ReplaceAll(e.error.Error(), messages.ErrMalformed.Error()+": ", "")
}

// Unwrap makes errors.Is find the sentinel.
func (e fileError) Unwrap() error { return e.error }

func (d decoder) metadata() (messages.Root, error) {
	var version, root string
	err := d.object(map[string]field{
		"interchange_format_version": {required: true, read: func() error { return d.text(&version) }},
		"genesis_validators_root":    {required: true, read: func() error { return d.text(&root) }},
	})
	if err != nil {
		return messages.Root{}, err
	}
	if version != Version {
		return messages.Root{}, malformed("interchange_format_version is %.20q, only %q is understood", version, Version)
	}
	parsed, err := messages.ParseRoot(root)
	if err == nil && parsed.IsZero() {
		err = malformed("the zero root belongs to no chain")
	}
	return parsed, within("genesis_validators_root", err)
}

func (d decoder) data(each func(History) error) error {
	return d.array("data", func() error {
		h, err := d.history()
		if err != nil {
			return err
		}
		return each(h)
	})
}

func (d decoder) history() (History, error) {
	var (
		h   History
		key string
	)
	err := d.object(map[string]field{
		"pubkey": {required: true, read: func() (err error) {
			if err = d.text(&key); err == nil {
				h.Key, err = messages.ParsePublicKey(key)
			}
			return within("pubkey", err)
		}},
		"signed_blocks": {required: true, read: func() error {
			return d.array("signed_blocks", func() error {
				b, err := d.block()
				h.Blocks = append(h.Blocks, b)
				return err
			})
		}},
		"signed_attestations": {required: true, read: func() error {
			return d.array("signed_attestations", func() error {
				a, err := d.attestation()
				h.Attestations = append(h.Attestations, a)
				return err
			})
		}},
	})
	return h, err
}

func (d decoder) block() (Block, error) {
	var raw struct {
		Slot number `json:"slot"`
		Root root   `json:"signing_root"`
	}
	if err := d.value(&raw); err != nil {
		return Block{}, err
	}
	return Block{Slot: raw.Slot.value, SigningRoot: raw.Root.value, HasRoot: raw.Root.known},
		errors.Join(raw.Slot.check("slot"), raw.Root.check())
}

func (d decoder) attestation() (Attestation, error) {
	var raw struct {
		Source number `json:"source_epoch"`
		Target number `json:"target_epoch"`
		Root   root   `json:"signing_root"`
	}
	if err := d.value(&raw); err != nil {
		return Attestation{}, err
	}
	return Attestation{Source: raw.Source.value, Target: raw.Target.value, SigningRoot: raw.Root.value, HasRoot: raw.Root.known},
		errors.Join(raw.Source.check("source_epoch"), raw.Target.check("target_epoch"), raw.Root.check())
}
