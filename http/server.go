package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// Timeouts and limits of every server.
const (
	// defaultIdle is well above what clients keep a connection for (Lighthouse 20 s, Nimbus 29 s): the client closes
	// first, so no request meets a connection that the server is just closing.
	defaultIdle = 90 * time.Second
	// readHeaderTimeout ends clients that send their headers drop by drop.
	readHeaderTimeout = 10 * time.Second
	// readTimeout ends clients whose body nobody waits for; a handler that wants one sets its own deadline.
	readTimeout = time.Minute
	// writeTimeout ends clients that do not read their reply; it is above any request's time.
	writeTimeout = 2 * time.Minute
	// defaultConnections is plenty for a server that few ask.
	defaultConnections = 256
	// maxHeaderBytes is plenty for a request line of 130 bytes, a token and a trace.
	maxHeaderBytes = 16 << 10
)

// ServerConfig is what a server is made of.
type ServerConfig struct {
	// Address is host:port; port 0 takes a free one.
	Address string
	// Handler answers requests.
	Handler http.Handler
	// Drain, when set, is called by [Server.Drain] while the listener is still open: it refuses new work and waits for
	// what was accepted. [API.Drain] is one.
	Drain func(context.Context) error
	// MaxConnections is how many connections are kept; default 256. A further one is closed after its first answer, which
	// for what has to be admitted is 503.
	MaxConnections int
	// IdleTimeout is how long an idle connection stays open; default 90 s.
	IdleTimeout time.Duration
	// ErrorLog takes what net/http has to say about connections; nil is the standard logger.
	ErrorLog *log.Logger
}

// Server serves one listener until it is drained. Make it with [Start].
type Server struct {
	server   *http.Server
	listener net.Listener
	drain    func(context.Context) error
	ended    chan error
}

// Start listens and serves. The error says that the address cannot be listened on.
func Start(c ServerConfig) (*Server, error) {
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s, is the port in use by another process?: %w", c.Address, err)
	}
	connections := &crowd{limit: cmp.Or(c.MaxConnections, defaultConnections)}
	s := &Server{
		server: &http.Server{
			Handler:           connections.serve(c.Handler),
			ConnContext:       connections.join,
			ConnState:         connections.follow,
			IdleTimeout:       cmp.Or(c.IdleTimeout, defaultIdle),
			ReadHeaderTimeout: readHeaderTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          c.ErrorLog,
		},
		listener: listener,
		drain:    c.Drain,
		ended:    make(chan error, 1),
	}
	go s.serve()
	return s, nil
}

func (s *Server) serve() {
	defer close(s.ended)
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.ended <- fmt.Errorf("serve %s: %w", s.Address(), err)
	}
}

// Address is where the server listens, with the port that it took.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Ended yields an error if serving ends other than by Drain, and is closed when it has ended.
func (s *Server) Ended() <-chan error { return s.ended }

// Drain ends the server: it stops the admission of new work, waits for what was accepted, then closes the listener and the
// connections. When ctx ends first it closes them at once, and the error says so.
func (s *Server) Drain(ctx context.Context) error {
	var unfinished error
	if s.drain != nil {
		unfinished = s.drain(ctx)
	}
	if err := s.server.Shutdown(ctx); err != nil {
		unfinished = errors.Join(unfinished, fmt.Errorf("close %s: %w", s.Address(), err), s.server.Close())
	}
	return unfinished
}
