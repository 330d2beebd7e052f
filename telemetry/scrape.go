package telemetry

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrapes is how many may be served at the same time: two Prometheus servers, a person, and one that hangs.
const scrapes = 4

// scrapeTimeout is Prometheus' own default patience.
const scrapeTimeout = 10 * time.Second

// Handler serves GET /metrics, in Prometheus' text format or its protocol buffers as the client prefers; every other
// path is 404. A metric that cannot be read is logged and left out, so that the others are still seen.
func Handler(gatherer prometheus.Gatherer, logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(logger.Handler(), slog.LevelError),
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: scrapes,
		Timeout:             scrapeTimeout,
	}))
	return mux
}
