package telemetry_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestObserveChamber(t *testing.T) {
	const (
		state   = `containment_signer_state{state="%s"}`
		unseals = "containment_chamber_unseal_total"
		calls   = `containment_kms_operations_total{action="decrypt",status="%s"}`
		took    = `containment_kms_operation_duration_seconds_%s{action="decrypt"}`
		control = `containment_control_plane_%s{component="seal"}`
		refresh = `containment_control_plane_refresh_total{component="seal",status="%s"}`
	)
	failed := errors.New("away")
	for name, test := range map[string]observeCase{
		"first seen": one(messages.SealChanged{To: messages.StateSealed}, fmt.Sprintf(state, "sealed")),
		"unsealed": {
			[]messages.Event{messages.SealChanged{From: messages.StateKMSUnsealed, To: messages.StateUnsealed}},
			map[string]string{fmt.Sprintf(state, "unsealed"): "1", unseals: "1"},
		},
		"a rotation begins": {
			[]messages.Event{
				messages.SealChanged{From: messages.StateUninitialized, To: messages.StateUnsealed},
				messages.SealChanged{From: messages.StateUnsealed, To: messages.StateAwaitingRotation},
			},
			map[string]string{fmt.Sprintf(state, "awaiting_rotation"): "1", unseals: "1"},
		},
		"initialized": one(messages.ChamberInitialized{}, "containment_chamber_init_total"),
		"sealed":      one(messages.ChamberSealed{}, "containment_chamber_seal_total"),
		"share":       one(messages.ShareSubmitted{Operator: "alice", Index: 1}, `containment_chamber_unseal_shares_total{operator="alice"}`),
		"nobody's share": {
			[]messages.Event{messages.ShareSubmitted{Operator: "made up"}}, map[string]string{},
		},
		"rotated": one(messages.RotationFinished{Kind: "unseal"}, `containment_chamber_rotation_total{type="unseal"}`),
		"stuck":   one(messages.GuardStuck{}, "containment_chamber_ceremony_lock_stuck_total"),
		"kms": {
			[]messages.Event{messages.KMSCalled{Action: "decrypt", Took: time.Second}, messages.KMSCalled{Action: "decrypt", Took: time.Second, Err: failed}},
			map[string]string{
				fmt.Sprintf(calls, "success"): "1", fmt.Sprintf(calls, "error"): "1",
				fmt.Sprintf(took, "count"): "2", fmt.Sprintf(took, "sum"): "2",
			},
		},
		"passphrase": one(messages.PassphraseRefused{Reason: "too_weak", Endpoint: "register"},
			`containment_passphrase_validation_rejections_total{endpoint="register",reason="too_weak"}`),
		"estimate": {
			[]messages.Event{messages.PassphraseEstimated{Took: time.Second}},
			map[string]string{"containment_zxcvbn_estimate_duration_seconds_count": "1", "containment_zxcvbn_estimate_duration_seconds_sum": "1"},
		},
		"refreshed": {
			[]messages.Event{
				messages.ControlRefreshed{Component: "seal", At: time.UnixMilli(1500)},
				messages.ControlRefreshed{Component: "seal", At: time.UnixMilli(2500), Err: failed},
			},
			map[string]string{
				fmt.Sprintf(control, "component_up"): "0", fmt.Sprintf(control, "last_success_unix_seconds"): "1.5",
				fmt.Sprintf(refresh, "success"): "1", fmt.Sprintf(refresh, "error"): "1",
			},
		},
	} {
		t.Run(name, test.check)
	}
}

func TestCeremonyHeldIsReadAtScrape(t *testing.T) {
	reg := prometheus.NewRegistry()
	cfg := newConfig(reg)
	held := time.Duration(0)
	cfg.CeremonyHeld = func() time.Duration { return held }
	telemetry.New(cfg)
	for _, want := range []string{"0", "1.5"} {
		if got := series(t, reg)["containment_chamber_ceremony_lock_held_seconds"]; got != want {
			t.Errorf("the gauge is %q, want %s", got, want)
		}
		held += 1500 * time.Millisecond
	}
}
