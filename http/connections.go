package http

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
)

// queueConnections is the name of the connections that a server keeps, as a queue that refuses.
const queueConnections = "http_connections"

// crowd counts the connections of a server. One above the limit is not turned away unheard, which the client could not
// tell from a signer that is down: it may ask once, no gate admits it, and it is closed with the answer.
type crowd struct {
	limit int
	open  atomic.Int64
}

// surplus is the key of the contexts of connections above the limit.
type surplus struct{}

// join is called with each new connection, see [http.Server.ConnContext].
func (c *crowd) join(ctx context.Context, _ net.Conn) context.Context {
	if c.open.Add(1) > int64(c.limit) {
		return context.WithValue(ctx, surplus{}, true)
	}
	return ctx
}

// follow is told the states of connections, see [http.Server.ConnState].
func (c *crowd) follow(_ net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		c.open.Add(-1)
	}
}

// serve answers by next, and closes the connections above the limit.
func (c *crowd) serve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isSurplus(r.Context()) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// isSurplus reports whether a request came by a connection above the limit.
func isSurplus(ctx context.Context) bool { return ctx.Value(surplus{}) != nil }
