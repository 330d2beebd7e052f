package http

import (
	"net/http"
	"strconv"
	"strings"
)

// accept is what a client's Accept headers say about JSON.
type accept struct {
	// named: application/json stands there itself.
	named bool
	// ranged: a range that includes it stands there.
	ranged bool
	// refused: it stands there with a quality of zero.
	refused bool
}

// parseAccept reads the Accept headers (RFC 9110 §12.5.1). Qualities other than zero make no difference, as in Web3Signer:
// what a client lists it can read. No header and an empty one are the same.
func parseAccept(headers http.Header) accept {
	var a accept
	for _, header := range headers["Accept"] {
		for element := range strings.SplitSeq(header, ",") {
			media, parameters, _ := strings.Cut(element, ";")
			media = strings.TrimSpace(media)
			switch {
			case strings.EqualFold(media, "application/json"):
				if zeroQuality(parameters) {
					a.refused = true
				} else {
					a.named = true
				}
			case media == "*/*" || strings.EqualFold(media, "application/*"):
				a.ranged = a.ranged || !zeroQuality(parameters)
			}
		}
	}
	return a
}

// json reports whether the client takes JSON.
func (a accept) json() bool { return a.named || a.ranged && !a.refused }

func zeroQuality(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && q == 0
		}
	}
	return false
}
