package signing

import "sync/atomic"

// Permits bound the signatures that are under way, from admission to answer.
type Permits struct {
	limit int64
	taken atomic.Int64
}

// NewPermits makes limit permits.
func NewPermits(limit int) *Permits { return &Permits{limit: int64(limit)} }

// Limit is their number.
func (p *Permits) Limit() int { return int(p.limit) }

// Available is how many are free at this moment.
func (p *Permits) Available() int { return int(p.limit - p.taken.Load()) }

// take takes n, all or none.
func (p *Permits) take(n int) bool {
	if p.taken.Add(int64(n)) > p.limit {
		p.taken.Add(int64(-n))
		return false
	}
	return true
}

func (p *Permits) give(n int) { p.taken.Add(int64(-n)) }

func (p *Permits) idle() bool { return p.taken.Load() == 0 }
