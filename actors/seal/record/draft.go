package record

import (
	"crypto/rand"
	"slices"

	"containment-chamber/actors/box"
	"containment-chamber/actors/seal/quorum"
	"containment-chamber/actors/seal/shamir"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Draft is a set whose shares for key-encryption keys are still in the clear. Whoever made it wraps them, and wipes it.
type Draft struct {
	Set Set
	// Outer are the shares of the outer key, one for each of Set.KMS.Shares.
	Outer [][]byte
	// Tokens are the registration tokens, one for each of Set.Quorum.Operators. They are secrets.
	Tokens []messages.RegistrationToken
}

// Wipe overwrites everything that is secret, but not the tokens: those go to the operators.
func (d *Draft) Wipe() { wipe(d.Outer) }

// WipeTokens overwrites the tokens.
func (d *Draft) WipeTokens() {
	if d == nil {
		return
	}
	for _, t := range d.Tokens {
		t.Token.Wipe()
	}
}

func wipe(shares [][]byte) {
	for _, s := range shares {
		clear(s)
	}
}

// New makes a chamber: an id, a master key, which is written into master, and a set for it that is not wrapped yet. The
// plan was checked.
func New(plan messages.KeyPlan, master *secmem.Secret) (Record, *Draft, error) {
	r := Record{Stage: Ready, Serial: 1, Generation: 1}
	_, _ = rand.Read(r.Chamber[:]) // never fails: it crashes the process first
	secmem.Do(func() {
		master.Use(func(b *[keySize]byte) {
			_, _ = rand.Read(b[:])
			r.Verifier = derive(r.Chamber, b, purposeVerifier)
		})
	})
	if len(plan.Operators) > 0 {
		r.Stage = Registering
	}
	d, err := r.draft(plan, master)
	return r, d, err
}

// Renew makes a set for the same master key, of the next generation. The error is [ErrMaster]: the key was wiped meanwhile.
func (r Record) Renew(plan messages.KeyPlan, master *secmem.Secret) (*Draft, error) {
	r.Generation++
	return r.draft(plan, master)
}

// Rewrap makes a set with other key-encryption keys around the same quorum. Inner is what the old layer held.
func (r Record) Rewrap(plan messages.KeyPlan, inner []byte) *Draft {
	r.Generation++
	d := &Draft{Set: Set{Quorum: r.Set.Quorum}}
	secmem.Do(func() { d.wrapOuter(r, plan, layerOuter, inner) })
	return d
}

// draft makes a set in the record's generation, and proves that its quorum opens it.
func (r Record) draft(plan messages.KeyPlan, master *secmem.Secret) (d *Draft, err error) {
	secmem.Do(func() {
		var own [keySize]byte // nobody wipes it meanwhile
		defer clear(own[:])
		master.Use(func(b *[keySize]byte) { own = *b })
		if err = r.verify(&own); err != nil {
			return
		}
		d = &Draft{}
		layer, content := layerKMS, own[:]
		if len(plan.Operators) > 0 {
			if err = d.sealInner(r, plan, &own); err != nil {
				return
			}
			layer, content = layerOuter, d.Set.Master
		}
		if len(plan.KMS) > 0 {
			d.wrapOuter(r, plan, layer, content)
		}
	})
	if err != nil {
		d.WipeTokens()
		return nil, err
	}
	return d, nil
}

// sealInner makes an unseal key, encrypts the master key under it, and deals it out among the operators.
func (d *Draft) sealInner(r Record, plan messages.KeyPlan, master *[keySize]byte) error {
	key := box.Random(keySize)
	defer clear(key)
	shares := split(key, len(plan.Operators), plan.Quorum)
	defer wipe(shares)
	at := place{layerQuorum, r.Chamber, r.Generation}
	d.Set.Quorum = &QuorumLayer{Generation: r.Generation, Threshold: plan.Quorum}
	for i, name := range plan.Operators {
		token := quorum.NewToken()
		d.Set.Quorum.Operators = append(d.Set.Quorum.Operators, Operator{
			Name: name, Challenge: quorum.NewChallenge(),
			Credential: quorum.SealUnderToken(shares[i], token, r.binding(name, r.Generation)),
			Digest:     at.digest(shares[i]),
		})
		d.Tokens = append(d.Tokens, messages.RegistrationToken{Operator: name, Token: messages.NewSecret(token.Reveal())})
		token.Wipe()
	}
	bound := at.data()
	d.Set.Master = box.Seal(key, master[:], bound)
	return r.prove(d.Set.Master, bound, shares, plan.Quorum)
}

// prove opens what was just sealed, with the first shares and with the last.
func (r Record) prove(sealed, bound []byte, shares [][]byte, threshold int) error {
	for _, some := range [][][]byte{shares[:threshold], shares[len(shares)-threshold:]} {
		if err := unlock(some, func(key []byte) error {
			var again [keySize]byte
			defer clear(again[:])
			if err := decrypt(&again, key, sealed, bound); err != nil {
				return err
			}
			return r.verify(&again)
		}); err != nil {
			return err
		}
	}
	return nil
}

// wrapOuter makes an outer key, encrypts the content under it, and deals it out among the references.
func (d *Draft) wrapOuter(r Record, plan messages.KeyPlan, layer string, content []byte) {
	key := box.Random(keySize)
	defer clear(key)
	at := place{layer, r.Chamber, r.Generation}
	d.Outer = split(key, len(plan.KMS), plan.KMSThreshold)
	d.Set.KMS = &KMSLayer{Generation: r.Generation, Threshold: plan.KMSThreshold}
	for i, reference := range plan.KMS {
		d.Set.KMS.Shares = append(d.Set.KMS.Shares, Wrapped{Reference: reference, Digest: at.digest(d.Outer[i])})
	}
	d.Set.Master = box.Seal(key, content, at.data())
}

func split(key []byte, count, threshold int) [][]byte {
	shares, err := shamir.Split(key, count, threshold)
	if err != nil {
		panic("record: a plan that was not checked")
	}
	return shares
}

func (r Record) binding(operator string, generation uint64) quorum.Binding {
	return quorum.Binding{ChamberID: r.Chamber.String(), Operator: operator, Generation: generation}
}

// clone copies all that can be written to.
func (s Set) clone() Set {
	s.Master = slices.Clone(s.Master)
	if s.KMS != nil {
		layer := *s.KMS
		layer.Shares = slices.Clone(layer.Shares)
		s.KMS = &layer
	}
	if s.Quorum != nil {
		layer := *s.Quorum
		layer.Operators = slices.Clone(layer.Operators)
		s.Quorum = &layer
	}
	return s
}
