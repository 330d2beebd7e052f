package telemetry

import "containment-chamber/messages"

// addAddresses creates the metrics of the lists of addresses.
func (m *Metrics) addAddresses(reg registrar, cfg Config) {
	reg.gauge("containment_ceremony_cidr_filter_enabled", "1 when only some addresses may take part in ceremonies.").
		Set(truth(cfg.CeremonyAddressFilter))
	m.addresses = reg.counters("containment_cidr_rejections_total", "Requests from addresses that the list of their layer does not name.", "layer", "reason")
	for _, reason := range []messages.AddressReason{messages.AddressNotAllowed, messages.AddressUnparsable} {
		m.addresses.WithLabelValues("ceremony", string(reason))
	}
}

func (m *Metrics) addressRefused(e messages.AddressRefused) {
	m.addresses.WithLabelValues(valid(e.Layer), valid(string(e.Reason))).Inc()
}
