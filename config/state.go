package config

import (
	"net/url"
	"time"
)

// The choices of signer_state.backend, beside [BackendSQLite].
const (
	// BackendNone means that there is no signer state.
	BackendNone = "none"
	// BackendPostgres is a PostgreSQL database.
	BackendPostgres = "postgres"
	// BackendDynamoDB is a table of Amazon DynamoDB.
	BackendDynamoDB = "dynamodb"
)

// SignerState says where the chamber keeps its own books: the sealed master key, policies and tokens.
type SignerState struct {
	Backend         string // BackendNone, BackendSQLite, BackendPostgres or BackendDynamoDB
	Path            string // the SQLite file
	URL             string // the database; not empty with BackendPostgres
	PoolSize        int
	ForceIPv4       bool
	Table           string        // not empty with BackendDynamoDB
	RefreshInterval time.Duration // 0 never looks
	UnsealTimeout   time.Duration
}

// AWS says how to reach Amazon Web Services. Credentials come as they do for every program of AWS.
type AWS struct {
	Region      string // empty: as the environment says
	EndpointURL string // empty: as the environment says, or AWS itself
}

// contradictions lists what lacks for the backend that was chosen.
func (s SignerState) contradictions() []string {
	var complaints []string
	if s.Backend == BackendPostgres && s.URL == "" {
		complaints = append(complaints, "signer_state.url: postgres needs it; set it, best as the variable "+envName("signer_state.url"))
	}
	if s.Backend == BackendDynamoDB && s.Table == "" {
		complaints = append(complaints, "signer_state.table: dynamodb needs it; name a table of its own")
	}
	return complaints
}

func minutes(low, high int, into func(*Config) *time.Duration) kind {
	return number[time.Duration]{low, high, time.Minute, into}
}

// parsePostgres accepts a URL of PostgreSQL's. Whoever connects reads the rest of it.
func parsePostgres(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	u, err := url.Parse(s)
	return s, err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

// parseEndpoint accepts the URL of a server.
func parseEndpoint(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	u, err := url.Parse(s)
	return s, err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
