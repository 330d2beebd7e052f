package dynalite

import (
	"context"
	"time"
)

// Fault is what goes wrong with requests.
type Fault struct {
	// Operation is the operation that it happens to, such as PutItem; empty means every one.
	Operation string
	// Times is how often it happens. It must be positive.
	Times int
	// Delay passes before anything happens.
	Delay time.Duration
	// Lost lets the request take effect, and closes the connection without an answer.
	Lost bool
	// Status and Type are answered instead, and the request takes no effect: 400 with
	// ProvisionedThroughputExceededException, 500 with InternalServerError. A Status of 0 lets it take effect.
	Status int
	Type   string
}

// Inject lets requests of this endpoint go wrong from now on. Faults for one operation happen in the order in which they
// were injected.
func (e *Endpoint) Inject(faults ...Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range faults {
		e.faults = append(e.faults, &f)
	}
}

// Pending counts what was injected and has not happened yet.
func (e *Endpoint) Pending() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, f := range e.faults {
		n += f.Times
	}
	return n
}

// fault uses up one fault for an operation; it is zero if there is none.
func (e *Endpoint) fault(operation string) Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.faults {
		if f.Times > 0 && (f.Operation == "" || f.Operation == operation) {
			f.Times--
			return *f
		}
	}
	return Fault{}
}

// wait lets the delay pass, and says whether the client is still there.
func (f Fault) wait(ctx context.Context) bool {
	select {
	case <-time.After(f.Delay):
		return true
	case <-ctx.Done():
		return false
	}
}

// instead is what is answered in place of the emulator; its status is 0 if that is nothing.
func (f Fault) instead() answer {
	if f.Status == 0 {
		return answer{}
	}
	return refusal(f.Status, f.Type, "this fault was injected")
}
