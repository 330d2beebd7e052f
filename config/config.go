// Package config reads how the signer is set up: from defaults, a YAML file, the environment and command-line flags.
//
// [Load] is the only way to a [Config] that holds together. It promises:
//
//   - Flags beat the environment, the environment beats the file, the file beats the defaults. A list is replaced as a
//     whole, never merged.
//   - Every key is known. A misspelt key, variable or flag is refused, with the name that was probably meant; so is a
//     key that belongs to a later version, or that was renamed.
//   - Every complaint is reported at once, in a stable order: the file from top to bottom, the environment and the
//     flags by name, then what contradicts itself. Each names its place (file:line:column, variable or flag) and says
//     what to write instead.
//   - No complaint repeats a value or a line of the file. What stands beside a typing error may be a secret.
//
// [Settings] lists every key with its type, default, meaning and names. The reference file ([Reference]), the names of
// variables and flags, the checks and the print-out of what is in force ([Config.Effective]) are all made from that list, so that
// they cannot drift apart.
//
// # Decisions
//
// The keys are one table of typed rows, not struct tags: the compiler checks each row's target, and a test checks that
// rows and fields match one to one. Nothing here uses reflection.
//
// The file's syntax tree is walked by hand and not decoded by the YAML library, for three reasons: a decoder stops at
// its first error, its errors may quote the file, and it guesses types. Here the key decides how its text is read, so
// that an unquoted 0x… root is no number, and `level: off` is no boolean.
//
// Anchors, aliases and tags are refused. Plain settings have no use for them, and what is not understood cannot surprise.
//
// A bad value is reported even if a stronger layer overrides it: it would surface on the day the override goes.
//
// An empty variable counts as not set, because Compose files and shell scripts pass on what is unset as empty text.
// The variables that Kubernetes makes for a Service called containment-… are not ours and are passed over.
//
// Values that are names of files are not opened here: whoever uses a file reports best what is wrong with it.
package config

import "time"

// The choices of anti_slashing.backend.
const (
	// BackendSQLite is a local file.
	BackendSQLite = "sqlite"
	// BackendNoop keeps no history and refuses nothing: slashing protection is off.
	BackendNoop = "noop"
)

// The choices of logging.format.
const (
	// FormatAuto is text on a terminal and JSON elsewhere.
	FormatAuto = "auto"
	FormatText = "text"
	FormatJSON = "json"
)

// AuthOpen is the choice of auth.mode that lets everyone sign who can reach the signing API.
const AuthOpen = "open"

// Config is the configuration in force. [Settings] says what each field means; a field is named after its key.
type Config struct {
	Server                Server
	HTTP                  HTTP
	Signing               Signing
	Metrics               Metrics
	Network               string   // empty if NetworkConfig is set
	NetworkConfig         string   // empty if Network is set
	GenesisValidatorsRoot string   // empty, or 0x and 64 lower-case digits
	CanaryKeys            []string // each 0x and 96 lower-case digits
	KeySources            KeySources
	SignerState           SignerState
	Chamber               Chamber
	AWS                   AWS
	AntiSlashing          AntiSlashing
	Watchdog              Watchdog
	Auth                  Auth
	Audit                 Audit
	Logging               Logging
	Opentelemetry         Opentelemetry

	origins map[string]string // by key; a key without an entry has its default
}

// Server is where the signing API listens.
type Server struct {
	ListenAddress string // an IP address or localhost
	ListenPort    int    // 0 takes any free port
}

// HTTP limits the signing API.
type HTTP struct {
	RequestTimeout        time.Duration
	MaxBodyBytes          int
	MaxConcurrentRequests int
	MaxConnections        int
	IdleTimeout           time.Duration
	ShutdownTimeout       time.Duration
	TrustedProxies        []string // addresses and CIDR prefixes
}

// Signing sizes the signing pipeline.
type Signing struct {
	MaxConcurrent int
	Workers       int // 0 stands for twice GOMAXPROCS
	GroupWindow   time.Duration
	GroupSize     int
}

// Metrics is where metrics are served.
type Metrics struct {
	ListenAddress   string        // an IP address or localhost
	ListenPort      int           // 0 takes any free port
	RefreshInterval time.Duration // nobody reads it: gauges are read at each scrape
	Pprof           bool
}

// KeySources says where signing keys come from.
type KeySources struct {
	Filesystem Filesystem
	SQLite     SealedKeys
}

// SealedKeys is the key source that holds keys under the master key, in a SQLite file.
type SealedKeys struct {
	Path            string        // empty: there are none
	RefreshInterval time.Duration // 0: only when the chamber is opened, and at a reload
}

// Filesystem is the key source that reads files.
type Filesystem struct {
	Paths                   []string
	PasswordFile            string // empty: every keystore brings its own
	PasswordDir             string // empty: passwords lie beside their keystores
	KeystoreLoadConcurrency int    // 0 stands for what CPU and memory allow
	RawLoadConcurrency      int    // nobody reads it: the loaders are those of keystores
	Cache                   KeyCache
}

// KeyCache is the file that spares the next start the decryption of keystores.
type KeyCache struct {
	Path string // empty: none is kept
	Key  string // "file:PATH" or "env:NAME": where the key of the file is; empty exactly if Path is
}

// AntiSlashing says where slashing protection keeps its history.
type AntiSlashing struct {
	Backend   string // BackendSQLite, BackendPostgres, BackendDynamoDB or BackendNoop
	Path      string // the SQLite file
	URL       string // the database; not empty with BackendPostgres
	PoolSize  int
	ForceIPv4 bool
	Table     string // the table of DynamoDB; not empty with BackendDynamoDB
	// HmacKey is "file:PATH" or "env:NAME": where the key is that authenticates rows; empty if there is none, or if the
	// master key gives it.
	HmacKey       string
	HighWaterFile string // empty: none
	Prune         Prune
}

// Prune says how much of the history is kept.
type Prune struct {
	KeepEpochs int           // 0 keeps everything
	Interval   time.Duration // between two rounds
}

// Watchdog looks for parts that hang.
type Watchdog struct{ GiveUp time.Duration } // 0 never gives up

// Auth says who may sign.
type Auth struct{ Mode string }

// Audit says where the audit stream is written.
type Audit struct {
	File string // empty: nowhere
}

// Logging shapes the log.
type Logging struct {
	Level    string // lower-case directives, separated by commas
	Format   string // FormatAuto, FormatText or FormatJSON
	LogColor *bool  // nil: colour on a terminal only
}
