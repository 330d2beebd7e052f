package record

import (
	"fmt"

	"containment-chamber/actors/box"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/quorum"
	"containment-chamber/actors/seal/shamir"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Binding is what the share of a key-encryption key is wrapped with.
func (r Record) Binding(index int) kek.Binding {
	return kek.Binding{ChamberID: r.Chamber.String(), Share: index + 1}
}

// Layer names what the outer key encrypts in a set.
func (s *Set) layer() string {
	if s.Quorum != nil {
		return layerOuter
	}
	return layerKMS
}

// CheckOuter returns [ErrShare] unless this is the share that was wrapped by a reference of the set.
func (r Record) CheckOuter(s *Set, index int, share []byte) error {
	return place{s.layer(), r.Chamber, s.KMS.Generation}.prove(share, s.KMS.Shares[index].Digest)
}

// Peel takes the layer of key-encryption keys off a set with a quorum, and returns what is beneath: no secret without the
// quorum. Without such a layer it needs no shares.
func (r Record) Peel(s *Set, shares [][]byte) ([]byte, error) {
	if s.KMS == nil {
		return s.Master, nil
	}
	var inner []byte
	err := unlock(shares, func(key []byte) (err error) {
		if inner, err = box.Open(key, s.Master, place{layerOuter, r.Chamber, s.KMS.Generation}.data()); err != nil {
			return ErrShare
		}
		return nil
	})
	return inner, err
}

// OpenByKMS rebuilds the master key of a set without a quorum, and verifies it.
func (r Record) OpenByKMS(s *Set, shares [][]byte, master *secmem.Secret) error {
	return r.openMaster(shares, s.Master, place{layerKMS, r.Chamber, s.KMS.Generation}.data(), master)
}

// OpenByQuorum rebuilds the master key from the shares of operators and what [Record.Peel] gave, and verifies it.
func (r Record) OpenByQuorum(s *Set, inner []byte, shares [][]byte, master *secmem.Secret) error {
	return r.openMaster(shares, inner, place{layerQuorum, r.Chamber, s.Quorum.Generation}.data(), master)
}

// openMaster decrypts into the secret, and leaves zeros there if it is not the master key.
func (r Record) openMaster(shares [][]byte, sealed, data []byte, master *secmem.Secret) error {
	err := unlock(shares, func(key []byte) error {
		var err error
		master.Use(func(b *[keySize]byte) { err = decrypt(b, key, sealed, data) })
		return err
	})
	if err == nil {
		err = r.Verify(master)
	}
	if err != nil {
		master.Wipe()
	}
	return err
}

// unlock lends the key that shares make.
func unlock(shares [][]byte, use func(key []byte) error) (err error) {
	secmem.Do(func() {
		var key []byte
		if key, err = shamir.Combine(shares); err != nil {
			err = fmt.Errorf("%w: %w", ErrShare, err)
			return
		}
		defer clear(key)
		if len(key) != keySize {
			err = ErrShare
			return
		}
		err = use(key)
	})
	return err
}

// Share opens an operator's share with a credential. The caller wipes it. A credential that is not the operator's is
// [messages.ErrWrongCredential].
func (r Record) Share(s *Set, index int, c messages.Credential) ([]byte, error) {
	operator := s.Quorum.Operators[index]
	b := r.binding(operator.Name, s.Quorum.Generation)
	share, err := openCredential(operator.Credential, c, b)
	if err != nil {
		return nil, credentialError(operator.Name, err)
	}
	if err := (place{layerQuorum, r.Chamber, s.Quorum.Generation}).prove(share, operator.Digest); err != nil {
		clear(share)
		return nil, err
	}
	return share, nil
}

// NoShare refuses somebody who is not an operator, in the time and in the words of a credential that is wrong.
func (r Record) NoShare(name string, c messages.Credential) error {
	kind := quorum.Passphrase
	if !c.YubiKeyResponse.Empty() {
		kind = quorum.YubiKey
	}
	_, err := openCredential(quorum.Nobody(kind), c, r.binding(name, r.Generation))
	return credentialError(name, err)
}

func openCredential(stored quorum.Credential, given messages.Credential, b quorum.Binding) (share []byte, err error) {
	if given.YubiKeyResponse.Empty() {
		given.Passphrase.Use(func(passphrase []byte) { share, err = stored.OpenWithPassphrase(passphrase, b) })
		return share, err
	}
	given.YubiKeyResponse.Use(func(response []byte) { share, err = stored.OpenWithResponse(response, b) })
	return share, err
}
