package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// Build says which program this is.
type Build struct{ Version, Commit, Timestamp string }

// Network says which chain the program signs for. The root and the version are hexadecimal; a root that is not known
// yet is empty, and shown as soon as the slashing-protection store is bound to one.
type Network struct{ Name, GenesisValidatorsRoot, GenesisForkVersion string }

// addIdentity creates the metrics that say what runs here. They are always 1.
func (m *Metrics) addIdentity(reg registrar, cfg Config) {
	reg.gauges("containment_build_info", "Which program this is; always 1.", "version", "commit", "timestamp").
		WithLabelValues(valid(cfg.Build.Version), valid(cfg.Build.Commit), valid(cfg.Build.Timestamp)).Set(1)
	reg.add(&sampler{
		desc: prometheus.NewDesc("containment_network_info", "Which chain this program signs for; always 1.",
			[]string{"network", "genesis_validators_root", "genesis_fork_version"}, nil),
		kind: prometheus.GaugeValue,
		read: func(show showSeries) { m.showNetwork(cfg.Network, show) },
	})
}

func (m *Metrics) showNetwork(n Network, show showSeries) {
	root := n.GenesisValidatorsRoot
	if chain := m.chain.Load(); root == "" && chain != nil {
		root = chain.String()
	}
	show(1, valid(n.Name), valid(root), valid(n.GenesisForkVersion))
}

// pinned takes note of the chain that the store is bound to.
func (m *Metrics) pinned(chain messages.Root) {
	if !chain.IsZero() {
		m.chain.Store(&chain)
	}
}
