package telemetry_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/messages"
)

// oneOfEach returns one event of every kind that there is.
func oneOfEach() []messages.Event {
	return []messages.Event{
		messages.ActorStarted{}, messages.ActorPanicked{}, messages.ActorRestarted{}, messages.ActorStopped{}, messages.ActorGaveUp{},
		messages.MessageDeadLettered{}, messages.QueueRefused{}, messages.ObserverPanicked{}, messages.HandlerPanicked{},
		messages.KeysChanged{}, messages.SealedKeysListed{}, messages.KeyGivenTwice{}, messages.KeyLoadFailed{}, messages.KeysLoading{}, messages.KeysLoaded{}, messages.SlashingStoreDown{},
		messages.SlashingStoreFailed{}, messages.SlashingStoreUp{}, messages.GenesisPinned{}, messages.DutiesChecked{},
		messages.DutyRefused{}, messages.SigningFinished{}, messages.StepFinished{}, messages.RequestFinished{}, messages.PartFinished{}, messages.CeremonyAnswered{},
		messages.CanarySigned{}, messages.RequestRefused{},
		messages.AuditOpened{}, messages.AuditWritten{}, messages.AuditDropped{}, messages.AuditFailed{}, messages.ActorUnresponsive{}, messages.ActorResponsive{},
		messages.SealChanged{}, messages.ChamberInitialized{}, messages.ChamberSealed{}, messages.SealUnrecorded{}, messages.SealRecorded{}, messages.ShareSubmitted{Index: 1}, messages.SharesForgotten{},
		messages.RotationFinished{}, messages.ManagementTokenIssued{}, messages.KMSOpenFailed{}, messages.KMSCalled{}, messages.PassphraseRefused{},
		messages.PassphraseEstimated{}, messages.SealRecordRefused{}, messages.SecretsKept{}, messages.ControlRefreshed{},
		messages.GuardAcquired{}, messages.GuardReleased{}, messages.GuardStuck{}, messages.GuardRecovered{}, messages.CeremonyRefused{},
		messages.OperatorLockedOut{}, messages.OutcomeUnrecorded{}, messages.AddressRefused{},
	}
}

func finished(operation messages.Operation, status messages.SigningStatus) messages.Event {
	return messages.SigningFinished{Duty: messages.Duty{Operation: operation}, Status: status, Took: 250 * time.Millisecond}
}

func duty(operation messages.Operation) messages.KeyDuty {
	return messages.KeyDuty{Duty: messages.Duty{Operation: operation}}
}

// observeCase says which series some events move, and to which value; buckets and quantiles are left out.
type observeCase struct {
	events []messages.Event
	want   map[string]string
}

func one(event messages.Event, series string) observeCase {
	return observeCase{[]messages.Event{event}, map[string]string{series: "1"}}
}

// check demands that exactly the named series move.
func (c observeCase) check(t *testing.T) {
	t.Helper()
	m, reg := newMetrics()
	before := series(t, reg)
	for _, event := range c.events {
		m.Observe(event)
	}
	moved := series(t, reg)
	maps.DeleteFunc(moved, func(name, value string) bool {
		return before[name] == value || strings.Contains(name, "_bucket{") || strings.Contains(name, "quantile=") ||
			strings.HasPrefix(name, "containment_process_")
	})
	if diff := cmp.Diff(c.want, moved); diff != "" {
		t.Errorf("series moved (-want +got):\n%s", diff)
	}
}
