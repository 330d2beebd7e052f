package eth2

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"containment-chamber/messages"
)

// Decoder turns request bodies into duties on one network. Any number of goroutines may use it at the same time.
type Decoder struct {
	network Network
	forms   map[string]form
	// forkRoots are the parts of the domains that hashes are needed for.
	forkRoots map[Version]chunk
	memo      memo
}

// NewDecoder returns a decoder for requests of validator clients on network, which comes from [Builtin] or
// [ParseNetwork].
func NewDecoder(network Network) *Decoder {
	d := &Decoder{network: network, forms: forms(network.Preset), forkRoots: map[Version]chunk{}, memo: memo{seed: maphash.MakeSeed()}}
	for _, version := range network.Versions {
		d.forkRoots[version] = forkData(version, network.GenesisValidatorsRoot)
	}
	return d
}

// BatchAllowed reports whether an operation may be asked for by several keys at once: those whose message does not
// name its validator (remote-signing-api PR 29).
func BatchAllowed(operation messages.Operation) bool {
	switch operation {
	case messages.AggregationSlot, messages.Attestation, messages.RandaoReveal, messages.SyncCommitteeMessage,
		messages.SyncCommitteeSelectionProof:
		return true
	default:
		return false
	}
}

// Decode reads one sign request and computes its signing root from the message. The caller limits the length of
// body; nothing in the duty refers to it.
//
// The error is an [messages.ErrMalformed] that names the member at fault, an [messages.ErrWrongNetwork] that names
// both chains, or an [messages.ErrRootMismatch] that names the computed root. The duty then holds what was understood
// so far, for the audit: its Operation is [messages.UnknownOperation] when the type was not, and its SigningRoot is
// zero.
func (d *Decoder) Decode(body []byte) (messages.Duty, error) {
	if duty, known := d.memo.find(body); known {
		return duty, nil
	}
	duty, err := d.decode(body)
	if err == nil {
		d.memo.keep(body, duty)
	}
	return duty, err
}

func (d *Decoder) decode(body []byte) (messages.Duty, error) {
	duty := messages.Duty{Operation: messages.UnknownOperation}
	request, f, err := d.open(body)
	if err != nil {
		return duty, malformed(err)
	}
	duty.Operation = f.operation
	message, err := f.read(request, &duty)
	if err != nil {
		return duty, malformed(within(f.member, err))
	}
	version, err := d.versionFor(f, request, message, &duty)
	if err != nil {
		return duty, err
	}
	object, err := f.objectRoot(message, d.network.forkOf(version))
	if err != nil {
		return duty, malformed(within(f.member, err))
	}
	root := signingRoot(object, f.domain, d.forkData(version, duty.GenesisValidatorsRoot))
	if err := checkClaims(request, root); err != nil {
		return duty, err
	}
	duty.SigningRoot = root
	return duty, nil
}

// open splits the body and finds the form of its type.
func (d *Decoder) open(body []byte) (object, form, error) {
	v, err := parseJSON(body)
	if err != nil {
		return object{}, form{}, err
	}
	request, err := v.object()
	if err != nil {
		return object{}, form{}, within("body", err)
	}
	kind, err := request.need("type")
	if err != nil {
		return object{}, form{}, err
	}
	name, err := kind.text()
	if err != nil {
		return object{}, form{}, within("type", err)
	}
	f, known := d.forms[strings.ToUpper(string(name))]
	if !known {
		return object{}, form{}, errors.New("type: unknown, want one like ATTESTATION or BLOCK_V2")
	}
	return request, f, nil
}

// read finds the message and notes its numbers in the duty.
func (f form) read(request object, duty *messages.Duty) (wrapped, error) {
	v, ok := request.find(f.member)
	if !ok {
		return wrapped{}, errors.New("missing")
	}
	message := wrapped{value: v}
	var err error
	if f.unwrap != nil {
		if message, err = f.unwrap(v); err != nil {
			return wrapped{}, err
		}
	}
	if message.members, err = message.value.object(); err != nil {
		return wrapped{}, err
	}
	if duty.Slot, err = message.members.numberAt(f.slot); err != nil {
		return wrapped{}, err
	}
	if duty.SourceEpoch, err = message.members.numberAt(f.source); err != nil {
		return wrapped{}, err
	}
	duty.TargetEpoch, err = message.members.numberAt(f.target)
	return message, err
}

func (f form) objectRoot(message wrapped, signing Fork) (chunk, error) {
	s, err := f.shape(message, signing)
	if err != nil {
		return chunk{}, err
	}
	return s.root(message.value)
}

// versionFor decides which fork version signs, and notes in the duty for which chain.
func (d *Decoder) versionFor(f form, request object, message wrapped, duty *messages.Duty) (Version, error) {
	switch f.signer {
	case byNetwork:
		return d.network.Versions[Phase0], nil
	case byMessage:
		var version Version
		if err := message.members.fixed("genesis_fork_version", version[:]); err != nil {
			return Version{}, malformed(within(f.member, err))
		}
		return version, nil
	case byEpoch, byExitRule: // both want fork_info
	}
	info, err := readForkInfo(request)
	if err != nil {
		return Version{}, malformed(err)
	}
	duty.GenesisValidatorsRoot = info.gvr
	if err := d.network.guard(info.gvr); err != nil {
		return Version{}, err
	}
	epoch := duty.TargetEpoch
	if f.target == nil {
		epoch = d.network.Preset.epochOf(duty.Slot)
	}
	if f.signer == byExitRule {
		return d.network.exitVersion(info, epoch), nil
	}
	return info.versionAt(epoch), nil
}

// checkClaims compares the root that the client computed, under either of its names, with ours.
func checkClaims(request object, root messages.Root) error {
	for _, name := range []string{"signingRoot", "signing_root"} {
		v, ok := request.find(name)
		if !ok {
			continue
		}
		var claim messages.Root
		if err := v.fixed(claim[:]); err != nil {
			return malformed(within(name, err))
		}
		if claim != root {
			return fmt.Errorf("%w: %s is not the message's, which is %s", messages.ErrRootMismatch, name, root)
		}
	}
	return nil
}

// malformed marks err as a defect of the request.
func malformed(err error) error { return fmt.Errorf("%w: %w", messages.ErrMalformed, err) }
