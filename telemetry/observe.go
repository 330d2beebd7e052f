package telemetry

import (
	"errors"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// Observe moves the metrics that the event concerns. An event that no metric counts is ignored.
func (m *Metrics) Observe(event messages.Event) {
	m.learn(event)
	switch e := event.(type) {
	case messages.SigningFinished:
		m.signingFinished(e)
	case messages.DutiesChecked:
		m.dutiesChecked(e)
	case messages.DutyRefused:
		m.dutyRefused(e)
	case messages.SlashingStoreFailed:
		m.storeErrors.Inc()
	case messages.RowRefused:
		m.rows.refused(e)
	case messages.DutiesSealed:
		m.rows.sealed.Add(float64(e.Count))
	case messages.QueueRefused:
		count(m.queueRejected, e.Queue)
	case messages.HandlerPanicked:
		m.handlerPanics.Inc()
	case messages.ActorPanicked:
		count(m.taskPanics, e.Actor)
	case messages.ObserverPanicked:
		count(m.taskPanics, observerTask)
	case messages.ActorRestarted:
		count(m.actorRestarts, e.Actor)
	case messages.ActorGaveUp:
		count(m.actorGaveUp, e.Actor)
	case messages.MessageDeadLettered:
		count(m.deadLetters, e.Type)
	case messages.AuditWritten:
		m.auditEvents.WithLabelValues(valid(e.Event)).Add(float64(max(e.Count, 0)))
	case messages.KeysChanged:
		m.keysChanged(e)
	case messages.KeyLoadFailed:
		count(m.keyFailures, e.Failure.Source)
	case messages.KeysLoaded:
		m.keysLoaded(e)
	case messages.CanarySigned:
		m.canaries.Inc()
	case messages.AddressRefused:
		m.addressRefused(e)
	default:
		m.chamber.observe(event)
	}
}

// ObserveHTTPError counts an HTTP reply by its status. Replies below 400 are no errors and are not counted, nor is a
// status above 599, which does not exist.
func (m *Metrics) ObserveHTTPError(status int) {
	if status >= 400 && status <= 599 {
		count(m.httpErrors, strconv.Itoa(status))
	}
}

func (m *Metrics) signingFinished(e messages.SigningFinished) {
	of := m.of(e.Duty.Operation)
	of.duration.Observe(e.Took.Seconds())
	requests, known := of.requests[e.Status]
	if !known {
		requests = of.requests[messages.StatusError]
	}
	requests.Add(float64(max(e.Count, 1)))
	m.web3signer.finished(e)
}

// dutiesChecked observes the time of the commit once for each duty, because each of them waited for all of it, and once
// under Web3Signer's name.
func (m *Metrics) dutiesChecked(e messages.DutiesChecked) {
	m.web3signer.committed(e)
	for _, duty := range e.Duties {
		if check := m.of(duty.Duty.Operation).check; check != nil {
			check.Observe(e.Took.Seconds())
		}
	}
}

func (m *Metrics) dutyRefused(e messages.DutyRefused) {
	m.web3signer.prevented.Inc()
	if rejections := m.of(e.Operation).rejections; rejections != nil && !errors.Is(e.Err, messages.ErrWrongNetwork) {
		rejections.Inc()
	}
}

func (m *Metrics) keysLoaded(e messages.KeysLoaded) {
	m.keyLoading.WithLabelValues(valid(e.Source)).Set(e.Took.Seconds())
	if e.Reload {
		m.keyRefresh.Add(float64(e.Added))
	}
}

func (m *Metrics) keysChanged(e messages.KeysChanged) {
	m.keysMu.Lock()
	defer m.keysMu.Unlock()
	m.keysBySource[e.Source] = e.Total
	total := 0
	for _, keys := range m.keysBySource {
		total += keys
	}
	m.keysActive.WithLabelValues(valid(e.Source)).Set(float64(e.Total))
	m.web3signer.signersLoaded.Set(float64(total))
}

// of returns the metrics of an operation, and of UNKNOWN for one that does not exist.
func (m *Metrics) of(operation messages.Operation) *operationMetrics {
	if of, known := m.operations[operation]; known {
		return of
	}
	return m.operations[messages.UnknownOperation]
}

func count(c *prometheus.CounterVec, label string) { c.WithLabelValues(valid(label)).Inc() }
