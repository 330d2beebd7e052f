package postgres

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands between a client and the server: it loses answers, delays, falls silent and cuts connections when it is told
// to, and counts round trips.
type Proxy struct {
	// URL is the database's, by way of the proxy.
	URL string

	listener net.Listener
	server   string
	skip     atomic.Int64 // answers that still pass before one is lost; negative: all pass
	delay    atomic.Int64 // nanoseconds in each direction
	silent   atomic.Bool
	trips    atomic.Int64
	asked    atomic.Bool // the server has not answered since
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// NewProxy starts a proxy for a database, which lives as long as the test.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: u.Host, open: map[net.Conn]bool{}}
	p.skip.Store(-1)
	u.Host = listener.Addr().String()
	p.URL = u.String()
	go p.accept()
	t.Cleanup(func() { p.listener.Close(); p.Cut() })
	return p
}

// LoseAnswer lets so many answers of the server pass, and then loses one together with its connection. The server has
// done by then what it was asked. An answer is what the server sends in one go.
func (p *Proxy) LoseAnswer(after int) { p.skip.Store(int64(after)) }

// Lost reports whether the answer that LoseAnswer spoke of is lost by now.
func (p *Proxy) Lost() bool { return p.skip.Load() < 0 }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.keep(client, server)
		go p.pass(server, client, p.ask)
		go p.pass(client, server, p.passes)
	}
}

// Delay makes everything take so long in each direction.
func (p *Proxy) Delay(d time.Duration) { p.delay.Store(int64(d)) }

// Silence swallows everything from now on, as a broken route does, or ends that. Connections stay open.
func (p *Proxy) Silence(on bool) { p.silent.Store(on) }

// Trips counts round trips: how often something was asked after something was answered.
func (p *Proxy) Trips() int { return int(p.trips.Load()) }

// ask counts a question, which always passes.
func (p *Proxy) ask() bool {
	if !p.asked.Swap(true) {
		p.trips.Add(1)
	}
	return true
}

// passes counts an answer, and says whether it passes.
func (p *Proxy) passes() bool {
	p.asked.Store(false)
	return p.skip.Load() < 0 || p.skip.Add(-1) >= 0
}

// pass copies what comes until one side closes, or something may not pass.
func (p *Proxy) pass(to io.WriteCloser, from io.ReadCloser, may func() bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if p.silent.Load() {
			n = 0
		}
		if n > 0 && !may() {
			return
		}
		if d := p.delay.Load(); d > 0 {
			<-time.After(time.Duration(d))
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}

func (p *Proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.open[c] = true
	}
}

// Cut resets every connection.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not an orderly end
		}
		c.Close()
	}
}
