package record

import (
	"crypto/sha256"
	"errors"

	"containment-chamber/actors/box"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/quorum"
)

const (
	shareSize = keySize + 1 // Vault's share format: the values, and the coordinate
	// A master key, and one that is encrypted twice.
	masterOnce  = keySize + box.Overhead
	masterTwice = masterOnce + box.Overhead
	// maxWrapped is what KMS unwraps.
	maxWrapped = 6144
)

var (
	errStage     = errors.New("its stage does not fit what is in it")
	errMaster    = errors.New("its encrypted master key has not the length that it must have")
	errLayer     = errors.New("a layer has an impossible threshold, generation or size")
	errReference = errors.New("a key-encryption key's share is impossible")
	errOperator  = errors.New("an operator's share is impossible")
	errText      = errors.New("a name or a reason is too long")
)

// check says which rule the record breaks that every record keeps.
func (r Record) check() error {
	switch r.Stage {
	case Uninitialized:
		if r.Set != nil || r.Next != nil || r.Emergency != nil || r.Management != nil || len(r.Verifier) > 0 || r.Opened {
			return errStage
		}
		return nil
	case Registering:
		if r.Set == nil || r.Set.Quorum == nil || r.Set.Complete() || r.Next != nil || r.Opened || r.Management != nil || r.Emergency != nil {
			return errStage
		}
	case Ready:
		if r.Set == nil || !r.Set.Complete() {
			return errStage
		}
	default:
		return errStage
	}
	if len(r.Verifier) != keySize || (r.Next == nil) != (r.Rotation == "") || r.Serial == 0 {
		return errStage
	}
	if e := r.Emergency; e != nil && (!isShort(e.By) || !isShort(e.Reason)) {
		return errText
	}
	if m := r.Management; m != nil && (!isShort(m.ID) || !isShort(m.By) || len(m.MAC) != sha256.Size || len(m.Seal) != sha256.Size) {
		return errText
	}
	if err := r.Set.check(r.Generation); err != nil || r.Next == nil {
		return err
	}
	if r.Next.Complete() || !isShort(r.Rotation) {
		return errStage
	}
	return r.Next.check(r.Generation + 1)
}

// check takes the highest generation that a layer may have.
func (s *Set) check(generation uint64) error {
	if s.KMS == nil && s.Quorum == nil {
		return errLayer
	}
	want := masterOnce
	if s.KMS != nil && s.Quorum != nil {
		want = masterTwice
	}
	if len(s.Master) != want {
		return errMaster
	}
	if l := s.KMS; l != nil {
		if err := l.check(generation); err != nil {
			return err
		}
	}
	if l := s.Quorum; l != nil {
		return l.check(generation)
	}
	return nil
}

func (l *KMSLayer) check(generation uint64) error {
	if !layerFits(l.Generation, generation, l.Threshold, len(l.Shares)) || len(l.Shares) > maxReferences {
		return errLayer
	}
	seen := map[string]bool{}
	for _, share := range l.Shares {
		reference, err := kek.Parse(share.Reference)
		if err != nil || reference.String() != share.Reference || seen[share.Reference] ||
			len(share.Wrapped) < shareSize || len(share.Wrapped) > maxWrapped || len(share.Digest) != sha256.Size {
			return errReference
		}
		seen[share.Reference] = true
	}
	return nil
}

func (l *QuorumLayer) check(generation uint64) error {
	if !layerFits(l.Generation, generation, l.Threshold, len(l.Operators)) {
		return errLayer
	}
	names := make([]string, 0, len(l.Operators))
	for _, o := range l.Operators {
		names = append(names, o.Name)
		if len(o.Digest) != sha256.Size || len(o.Challenge) < 32 || len(o.Challenge) > 63 ||
			len(o.Credential.Sealed) != shareSize+box.Overhead || !known(o.Credential.Kind) ||
			len(o.Used) != 0 && (len(o.Used) != sha256.Size || !o.Registered()) {
			return errOperator
		}
	}
	if quorum.CheckOperators(names) != nil {
		return errOperator
	}
	return nil
}

func known(k quorum.Kind) bool {
	return k == quorum.Registration || k == quorum.Passphrase || k == quorum.YubiKey
}

func layerFits(made, highest uint64, threshold, shares int) bool {
	return made >= 1 && made <= highest && threshold >= 1 && threshold <= shares
}
