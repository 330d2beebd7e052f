package telemetry

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// Config is what [New] needs. Only Registerer is mandatory.
type Config struct {
	// Registerer receives every metric. It must not hold metrics of the same names yet.
	Registerer prometheus.Registerer
	Build      Build
	Network    Network
	// SigningPermits is how many requests may be signed at the same time.
	SigningPermits int
	// Started is when the process began; zero means now.
	Started time.Time
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Actors, Queues and Sources are the classes of actors, the bounded queues and the sources of keys that exist.
	Actors, Queues, Sources []string
	// AuditEvents are the names of audit records that exist from the first scrape on.
	AuditEvents []string

	// CeremonyAddressFilter says that only some addresses may take part in ceremonies.
	CeremonyAddressFilter bool

	// The functions below are called at every scrape, from any goroutine, and must answer at once.

	// Mailboxes counts the messages that wait, by class of actor; nil means none.
	Mailboxes func() map[string]int
	// PermitsAvailable counts the free signing permits; nil means all of them.
	PermitsAvailable func() int
	// AuditDropped counts the records of the audit stream that were lost so far; nil means none.
	AuditDropped func() uint64
	// CeremonyHeld says how long the ceremony that is under way has taken, 0 without one; nil means that there are none.
	CeremonyHeld func() time.Duration
	// StorePool counts the connections of the slashing-protection store by status: idle, in_use and max; nil means none, as
	// does a nil map.
	StorePool func() map[string]int
	// Healthy is what the health check answers; nil means not healthy.
	Healthy func() bool
}

// Build says which program this is.
type Build struct{ Version, Commit, Timestamp string }

// Network says which chain the program signs for. The root and the version are hexadecimal; a root that is not known
// yet is empty.
type Network struct{ Name, GenesisValidatorsRoot, GenesisForkVersion string }

// Metrics holds every metric of the program. Its methods may be called from any goroutine.
type Metrics struct {
	started time.Time

	operations    map[messages.Operation]*operationMetrics
	storeErrors   prometheus.Counter
	rows          rowMetrics
	httpErrors    *prometheus.CounterVec
	handlerPanics prometheus.Counter
	queueRejected *prometheus.CounterVec
	taskPanics    *prometheus.CounterVec
	actorRestarts *prometheus.CounterVec
	actorGaveUp   *prometheus.CounterVec
	deadLetters   *prometheus.CounterVec
	auditEvents   *prometheus.CounterVec
	keyFailures   *prometheus.CounterVec
	keyLoading    *prometheus.GaugeVec
	keyRefresh    prometheus.Counter
	canaries      prometheus.Counter
	startup       prometheus.Gauge
	state         atomic.Value // SignerState
	web3signer    web3signerMetrics
	chamber       chamberMetrics
	addresses     *prometheus.CounterVec
	keysActive    *prometheus.GaugeVec
	keysMu        sync.Mutex
	keysBySource  map[string]int // guarded by keysMu
}

// operationMetrics are the metrics of one operation, looked up once for all.
type operationMetrics struct {
	duration prometheus.Observer
	requests map[messages.SigningStatus]prometheus.Counter
	// check and rejections are nil for operations that slashing protection does not cover.
	check      prometheus.Observer
	rejections prometheus.Counter
}

// observerTask labels panics in an observer of events, which is no actor.
const observerTask = "observer"

// httpErrorStatuses are the HTTP statuses of refusals that exist from the first scrape on.
func httpErrorStatuses() []string {
	return []string{"400", "401", "403", "404", "405", "408", "409", "412", "413", "429", "500", "503"}
}

// New creates every metric and registers it. A name that is already registered is a programmer's error: New panics.
func New(cfg Config) *Metrics {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Started.IsZero() {
		cfg.Started = cfg.Now()
	}
	reg := registrar{cfg.Registerer}
	m := &Metrics{started: cfg.Started, keysBySource: make(map[string]int)}
	m.addSigning(reg)
	m.addSupervision(reg, cfg)
	m.addKeys(reg, cfg.Sources)
	m.addAudit(reg, cfg)
	m.addChamber(reg, cfg)
	m.addAddresses(reg, cfg)
	m.web3signer = newWeb3signerMetrics(reg)
	m.addSampled(reg, cfg)
	addIdentity(reg, cfg)
	return m
}

// addSigning creates the metrics of signing and of slashing protection.
func (m *Metrics) addSigning(reg registrar) {
	requests := reg.counters("containment_signing_requests_total", "Sign requests by outcome and operation.", "status", "operation")
	duration := reg.histograms("containment_signing_duration_seconds",
		"Time from the admission of a sign request to its reply.", signingBuckets(), "operation")
	check := reg.histograms("containment_anti_slashing_check_duration_seconds",
		"Time that a protected sign request waited for slashing protection to judge and record it.", checkBuckets(), "operation")
	rejections := reg.counters("containment_slashing_rejections_total",
		"Duties that slashing protection refused as slashable.", "operation")
	m.storeErrors = reg.counter("containment_anti_slashing_errors_total",
		"Times that the slashing-protection store was away or failed.")
	m.rows = newRowMetrics(reg)

	m.operations = make(map[messages.Operation]*operationMetrics)
	for _, operation := range append(messages.Operations(), messages.UnknownOperation) {
		label := string(operation)
		of := &operationMetrics{
			duration: duration.WithLabelValues(label),
			requests: make(map[messages.SigningStatus]prometheus.Counter),
		}
		for _, status := range messages.SigningStatuses() {
			of.requests[status] = requests.WithLabelValues(string(status), label)
		}
		if operation.Protected() {
			of.check = check.WithLabelValues(label)
			of.rejections = rejections.WithLabelValues(label)
		}
		m.operations[operation] = of
	}
}

// addSupervision creates the metrics of actors, queues and the HTTP server.
func (m *Metrics) addSupervision(reg registrar, cfg Config) {
	m.httpErrors = reg.counters("containment_http_errors_total", "HTTP replies of 400 and above by status code.", "status")
	m.handlerPanics = reg.counter("containment_handler_panics_total", "HTTP handlers that panicked and were answered 500.")
	m.queueRejected = reg.counters("containment_queue_rejected_total", "Requests refused because a queue was full.", "queue")
	m.taskPanics = reg.counters("containment_background_task_panics_total", "Panics in actors and background tasks, by class.", "task")
	m.actorRestarts = reg.counters("containment_actor_restarts_total", "Restarts of actors by their supervisor, by class.", "actor")
	m.actorGaveUp = reg.counters("containment_actor_gave_up_total",
		"Actors that crashed more often than their supervisor tolerates, by class.", "actor")
	m.deadLetters = reg.counters("containment_dead_letters_total", "Messages sent to an actor that is gone, by type.", "type")

	startAtZero(m.httpErrors, httpErrorStatuses())
	startAtZero(m.queueRejected, cfg.Queues)
	startAtZero(m.taskPanics, cfg.Actors)
	startAtZero(m.taskPanics, []string{observerTask})
	startAtZero(m.actorRestarts, cfg.Actors)
	startAtZero(m.actorGaveUp, cfg.Actors)
}

// addKeys creates the metrics of loading keys.
func (m *Metrics) addKeys(reg registrar, sources []string) {
	m.keysActive = reg.gauges("containment_keys_active", "Keys that are loaded, by source.", "source")
	m.keyFailures = reg.counters("containment_key_load_failures_total", "Keys that could not be loaded, by source.", "source")
	m.keyLoading = reg.gauges("containment_key_loading_duration_seconds", "Time that the last loading of keys took, by source.", "source")
	m.keyRefresh = reg.counter("containment_key_refresh_total", "Keys that were added by reloads of the key sources.")
	m.canaries = reg.counter("containment_canary_signing_total", "Signatures made with a canary key.")
	startAtZero(m.keyFailures, sources)
	for _, source := range sources {
		m.keysActive.WithLabelValues(valid(source))
		m.keyLoading.WithLabelValues(valid(source))
	}
}

// addAudit creates the metrics of the audit stream.
func (m *Metrics) addAudit(reg registrar, cfg Config) {
	m.auditEvents = reg.counters("containment_audit_events_total", "Records written to the audit stream, by event.", "event")
	startAtZero(m.auditEvents, cfg.AuditEvents)
	reg.sampledCounter("containment_audit_dropped_total", "Records of the audit stream that were lost.", func() float64 {
		if cfg.AuditDropped == nil {
			return 0
		}
		return float64(cfg.AuditDropped())
	})
}

// addIdentity creates the metrics that say what runs here. They are always 1.
func addIdentity(reg registrar, cfg Config) {
	reg.gauges("containment_build_info", "Which program this is; always 1.", "version", "commit", "timestamp").
		WithLabelValues(valid(cfg.Build.Version), valid(cfg.Build.Commit), valid(cfg.Build.Timestamp)).Set(1)
	reg.gauges("containment_network_info", "Which chain this program signs for; always 1.",
		"network", "genesis_validators_root", "genesis_fork_version").
		WithLabelValues(valid(cfg.Network.Name), valid(cfg.Network.GenesisValidatorsRoot), valid(cfg.Network.GenesisForkVersion)).Set(1)
}

// signingBuckets are seconds from 0.5 ms, faster than one BLS signature, to 10 s, beyond every caller's patience.
func signingBuckets() []float64 {
	return []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

// checkBuckets are seconds from 0.1 ms, a commit to memory, to 5 s, where only a store in trouble is found.
func checkBuckets() []float64 {
	return []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}
}
