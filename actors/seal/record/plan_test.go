package record_test

import (
	"errors"
	"slices"
	"testing"

	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

func TestCheckPlan(t *testing.T) {
	for name, p := range map[string]messages.KeyPlan{
		"kms": plan(3, 2, 0, 0), "people": plan(0, 0, 3, 2), "both": plan(1, 1, 255, 255), "most": plan(32, 32, 1, 1),
	} {
		if _, err := record.CheckPlan(p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	single := plan(1, 1, 3, 1)
	single.AllowSingleOperator = false
	twice, unclean, names := plan(2, 2, 0, 0), plan(2, 2, 0, 0), plan(0, 0, 2, 2)
	twice.KMS[1], unclean.KMS[1], names.Operators[1] = twice.KMS[0], "file:/keys/./x/../0", "Operator 1"
	for name, p := range map[string]messages.KeyPlan{
		"nothing": {}, "no kms": plan(0, 1, 1, 1), "too many needed": plan(2, 3, 0, 0), "none needed": plan(2, 0, 0, 0), "negative": plan(2, -1, 0, 0),
		"too many operators needed": plan(0, 0, 2, 3), "too many operators": plan(0, 0, 256, 2), "too many keys": plan(33, 1, 0, 0),
		"a single operator": single, "a key twice": twice, "a key twice in other words": unclean, "a bad name": names,
		"a bad reference": {KMS: []string{"vault:x"}, KMSThreshold: 1}, "a relative path": {KMS: []string{"file:keys/0"}, KMSThreshold: 1},
	} {
		if _, err := record.CheckPlan(p); !errors.Is(err, messages.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	clean, err := record.CheckPlan(messages.KeyPlan{KMS: []string{"file:/a/../b"}, KMSThreshold: 1})
	if err != nil || !slices.Equal(clean.KMS, []string{"file:/b"}) {
		t.Errorf("%v, %v", clean, err)
	}
}
