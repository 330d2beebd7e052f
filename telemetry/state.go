package telemetry

// SignerState is a state of the signer, as the label of the metric has it.
type SignerState string

// The states. A signer of plain key files is unsealed as soon as its keys are loaded.
const (
	Uninitialized        SignerState = "uninitialized"
	AwaitingRegistration SignerState = "awaiting_registration"
	Sealed               SignerState = "sealed"
	KMSUnsealed          SignerState = "kms_unsealed"
	Unsealed             SignerState = "unsealed"
	AwaitingRotation     SignerState = "awaiting_rotation"
)

// SignerStates lists every state.
func SignerStates() []SignerState {
	return []SignerState{Uninitialized, AwaitingRegistration, Sealed, KMSUnsealed, Unsealed, AwaitingRotation}
}

// SetSignerState says which state the signer is in. Before the first call, and for a state that is not known, all
// series are 0.
func (m *Metrics) SetSignerState(state SignerState) { m.state.Store(state) }

// showState makes all series of one scrape from one reading, so that no scrape sees two states.
func (m *Metrics) showState(show showSeries) {
	current, _ := m.state.Load().(SignerState)
	for _, state := range SignerStates() {
		show(truth(state == current), string(state))
	}
}
