package messages

import "log/slog"

// AddressRefused says that a request came from an address that the list of a layer does not name. Layer is api,
// ceremony or metrics.
type AddressRefused struct {
	Layer  string
	Reason AddressReason
}

// AddressReason says why an address was refused, as the metric has it.
type AddressReason string

// The reasons.
const (
	AddressNotAllowed AddressReason = "not_allowed"
	AddressUnparsable AddressReason = "unparsable"
)

func (AddressRefused) event() {}

// Line implements [Event]. Anybody can cause it as often as they like, so it is for debugging; there is a metric.
func (e AddressRefused) Line() Line {
	return Line{slog.LevelDebug, TargetHTTP, "address refused", []slog.Attr{slog.String("layer", e.Layer), slog.String("reason", string(e.Reason))}}
}
