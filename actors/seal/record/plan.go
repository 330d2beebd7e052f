package record

import (
	"fmt"
	"path/filepath"
	"slices"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

// maxReferences is how many key-encryption keys a chamber may have: they are asked at the same time.
const maxReferences = 32

// CheckPlan says what is wrong with a plan, or nil. The error wraps [messages.ErrMalformed]. It returns the references in
// the form in which they are compared and stored.
func CheckPlan(p messages.KeyPlan) (messages.KeyPlan, error) {
	if len(p.KMS) == 0 && len(p.Operators) == 0 {
		return p, wrong("it names neither key-encryption keys nor operators")
	}
	if err := checkThreshold("kms_threshold", p.KMSThreshold, len(p.KMS)); err != nil {
		return p, err
	}
	if err := checkThreshold("quorum_threshold", p.Quorum, len(p.Operators)); err != nil {
		return p, err
	}
	if len(p.Operators) > 0 {
		if err := quorum.CheckOperators(p.Operators); err != nil {
			return p, err
		}
		if p.Quorum == 1 && !p.AllowSingleOperator {
			return p, wrong("with a quorum_threshold of 1 each operator alone opens the chamber: that must be allowed explicitly")
		}
	}
	if len(p.KMS) > maxReferences {
		return p, wrong(fmt.Sprintf("%d key-encryption keys are too many: %d are allowed", len(p.KMS), maxReferences))
	}
	clean := make([]string, 0, len(p.KMS))
	for _, text := range p.KMS {
		reference, err := kek.Parse(text)
		if err != nil {
			return p, wrong(fmt.Sprintf("%.100q: %v", text, err))
		}
		if path := reference.Path(); path != "" && !filepath.IsAbs(path) {
			return p, wrong(fmt.Sprintf("%s: want an absolute path: the signer may be started in another directory", reference))
		}
		if slices.Contains(clean, reference.String()) {
			return p, wrong(fmt.Sprintf("%s is named twice: whoever has it has two shares", reference))
		}
		clean = append(clean, reference.String())
	}
	p.KMS = clean
	return p, nil
}

func wrong(why string) error { return fmt.Errorf("%w: plan: %s", messages.ErrMalformed, why) }

func checkThreshold(name string, threshold, count int) error {
	if count == 0 && threshold == 0 || threshold >= 1 && threshold <= count {
		return nil
	}
	return wrong(fmt.Sprintf("%s is %d, and must be from 1 to %d", name, threshold, count))
}
