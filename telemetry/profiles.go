package telemetry

import (
	"net"
	"net/http"
	"net/http/pprof"
)

// WithProfiles adds the profiles of the Go runtime, at /debug/pprof/, to a handler. Only a caller on this machine gets
// them; everybody else is answered 403, and so is what a proxy on this machine passes on.
func WithProfiles(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	for path, serve := range map[string]http.HandlerFunc{
		"/debug/pprof/":        pprof.Index, // and the named profiles below it
		"/debug/pprof/cmdline": pprof.Cmdline,
		"/debug/pprof/profile": pprof.Profile,
		"/debug/pprof/symbol":  pprof.Symbol,
		"/debug/pprof/trace":   pprof.Trace,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if !isLocal(r) {
				http.Error(w, "profiles are for callers on this machine", http.StatusForbidden)
				return
			}
			serve(w, r)
		})
	}
	return mux
}

// isLocal reports whether a request comes from this machine and from no proxy.
func isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		return false
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	return true
}
