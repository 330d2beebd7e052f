package telemetry

import "containment-chamber/messages"

// SignerState is a state of the signer, as the label of the metric has it.
type SignerState = messages.SealState

// Unsealed is the state of a signer of plain key files as soon as its keys are loaded.
const Unsealed = messages.StateUnsealed

// learn takes note of what a scrape shows as it is, and does not count.
func (m *Metrics) learn(event messages.Event) {
	switch e := event.(type) {
	case messages.SealChanged:
		m.SetSignerState(e.To)
	case messages.SlashingStoreUp:
		m.pinned(e.GenesisValidatorsRoot)
	case messages.GenesisPinned:
		m.pinned(e.Root)
	}
}

// SetSignerState says which state the signer is in. Before the first call, and for a state that is not known, all
// series are 0.
func (m *Metrics) SetSignerState(state SignerState) { m.state.Store(state) }

// showState makes all series of one scrape from one reading, so that no scrape sees two states.
func (m *Metrics) showState(show showSeries) {
	current, _ := m.state.Load().(SignerState)
	for _, state := range messages.SealStates() {
		show(truth(state == current), string(state))
	}
}
