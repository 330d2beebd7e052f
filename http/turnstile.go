package http

import (
	"bytes"
	"net"
	"sync/atomic"
)

// turnstile is a listener whose connections take turns with their requests to sign.
type turnstile struct {
	net.Listener
	turns chan struct{}
}

// Accept implements net.Listener.
func (t turnstile) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &turnConn{Conn: c, turns: t.turns}, nil
}

// turnConn waits for its turn when a request to sign arrives. The turn ends when the server reads or writes again:
// when the request is read whole, when more of it is waited for, or when it is refused. So nobody has a turn while it
// waits for a client or for a signature.
//
// It looks at the beginning of what is read, and knows no more of HTTP. A request that it does not recognise, because
// its first byte came alone, takes no turn and is served all the same.
type turnConn struct {
	net.Conn
	turns chan struct{}
	taken atomic.Bool // the server reads and writes in goroutines of its own
}

// Read implements net.Conn.
func (c *turnConn) Read(p []byte) (int, error) {
	c.leave()
	n, err := c.Conn.Read(p)
	if bytes.HasPrefix(p[:n], []byte("POST /api/v1/eth2/sign")) {
		c.turns <- struct{}{}
		c.taken.Store(true)
	}
	return n, err
}

// Write implements net.Conn.
func (c *turnConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.leave()
	return n, err
}

// Close implements net.Conn.
func (c *turnConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

func (c *turnConn) leave() {
	if c.taken.CompareAndSwap(true, false) {
		<-c.turns
	}
}
