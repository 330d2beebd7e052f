package config

import (
	"net"
	"net/url"
	"strconv"
)

// Opentelemetry says where traces go.
type Opentelemetry struct {
	Enabled     bool
	Endpoint    string // http://host:port or https://host:port
	ServiceName string
	SampleRatio float64 // from 0 to 1
}

var _ kind = ratio{}

// ratio is a share of a whole.
type ratio struct{ into func(*Config) *float64 }

func (ratio) form() string { return "a number from 0 to 1, such as 0.05" }

func (r ratio) set(c *Config, items []string) error {
	value, err := strconv.ParseFloat(items[0], 64)
	if err != nil || !(value >= 0 && value <= 1) { // NaN is neither
		return mustBe(r)
	}
	*r.into(c) = value
	return nil
}

func (r ratio) show(c *Config) string { return strconv.FormatFloat(*r.into(c), 'f', -1, 64) }

// otlpPort is where collectors listen for OTLP over gRPC.
const otlpPort = "4317"

// parseCollector accepts the URL of a server and nothing beyond: OTLP over gRPC has no path, and a password would be shown.
func parseCollector(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return "", false
	}
	if port := u.Port(); port == "" {
		u.Host = net.JoinHostPort(u.Hostname(), otlpPort)
	} else if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", false
	}
	u.Path = ""
	server := u.Scheme + "://" + u.Host
	return server, u.String() == server
}
