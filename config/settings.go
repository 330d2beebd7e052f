package config

import (
	"slices"
	"time"
)

// Settings lists every key, section by section, in the order of the reference file. The slice is the caller's own.
func Settings() []Setting { return slices.Clone(settings[:]) }

// settings is the table from which everything else is made.
var settings = [...]Setting{
	{Key: "server.listen_address", Default: "0.0.0.0", Doc: "Address of the signing API.",
		value: address(func(c *Config) *string { return &c.Server.ListenAddress })},
	{Key: "server.listen_port", Default: "9000", Doc: "Port of the signing API. 0 takes any free port.",
		value: count(0, 65535, func(c *Config) *int { return &c.Server.ListenPort })},

	{Key: "http.request_timeout_seconds", Default: "5", Doc: "How long a sign request may wait in all, until its answer.",
		value: seconds(1, 60, func(c *Config) *time.Duration { return &c.HTTP.RequestTimeout })},
	{Key: "http.max_body_bytes", Default: "10485760", Doc: "Largest request body. A larger one is answered 413.",
		value: count(1024, 1<<30, func(c *Config) *int { return &c.HTTP.MaxBodyBytes })},
	{Key: "http.max_concurrent_requests", Default: "4096", Doc: "Requests served at once. One more is answered 503.",
		value: count(1, 1<<20, func(c *Config) *int { return &c.HTTP.MaxConcurrentRequests })},
	{Key: "http.idle_timeout_seconds", Default: "90", Doc: "How long an idle connection stays open. Keep it above the load balancer's and the clients' own.",
		value: seconds(75, 3600, func(c *Config) *time.Duration { return &c.HTTP.IdleTimeout })},
	{Key: "http.shutdown_timeout_seconds", Default: "25", Doc: "How long a shutdown waits for requests in flight. Keep it below the grace period of the orchestrator.",
		value: seconds(1, 3600, func(c *Config) *time.Duration { return &c.HTTP.ShutdownTimeout })},

	{Key: "signing.max_concurrent", Default: "4096", Doc: "Signatures admitted at once. One more is answered 503.",
		value: count(1, 1<<20, func(c *Config) *int { return &c.Signing.MaxConcurrent })},
	{Key: "signing.workers", Default: "0", Doc: "Signing workers. 0 means four times GOMAXPROCS.",
		value: count(0, 4096, func(c *Config) *int { return &c.Signing.Workers })},
	{Key: "signing.group_window_milliseconds", Default: "2", Doc: "How long a duty may wait for others, to be recorded with them in one commit.",
		value: milliseconds(0, 100, func(c *Config) *time.Duration { return &c.Signing.GroupWindow })},
	{Key: "signing.group_size", Default: "256", Doc: "Duties recorded in one commit, at most.",
		value: count(1, 4096, func(c *Config) *int { return &c.Signing.GroupSize })},

	{Key: "metrics.listen_address", Default: "0.0.0.0", Doc: "Address of the metrics server.",
		value: address(func(c *Config) *string { return &c.Metrics.ListenAddress })},
	{Key: "metrics.listen_port", Default: "3000", Doc: "Port of the metrics server. 0 takes any free port.",
		value: count(0, 65535, func(c *Config) *int { return &c.Metrics.ListenPort })},
	{Key: "metrics.refresh_interval_seconds", Default: "30", Doc: "Accepted for files of other versions. Gauges are read at each scrape, so they are always fresh.",
		value: seconds(1, 3600, func(c *Config) *time.Duration { return &c.Metrics.RefreshInterval })},
	{Key: "metrics.pprof", Default: "false", Doc: "Serve profiles at /debug/pprof/ of the metrics server, to callers on this machine only.",
		value: onOff{into: func(c *Config) *bool { return &c.Metrics.Pprof }}},

	{Key: "network", Default: "mainnet", Doc: "The chain to sign for. A request that names another chain is answered 403.",
		value: choice{now: []string{"mainnet", "sepolia", "hoodi", "gnosis", "chiado", "holesky"},
			into: func(c *Config) *string { return &c.Network }}},
	{Key: "network_config", Doc: "For a devnet: its consensus-layer config.yaml, instead of network.",
		value: text{describe: "the path of a file", parse: optional, into: func(c *Config) *string { return &c.NetworkConfig }}},
	{Key: "genesis_validators_root", Doc: "The root of that devnet. If absent, the first duty that is recorded pins it.",
		value: text{describe: "0x and 64 hexadecimal digits", parse: parseRoot, into: func(c *Config) *string { return &c.GenesisValidatorsRoot }}},

	{Key: "canary_keys", Doc: "Public keys that are never to sign, laid out as traps. Each signature of one is counted, and audited as a warning.",
		value: list{describe: "public keys, 0x and 96 hexadecimal digits each", parse: parsePublicKey,
			into: func(c *Config) *[]string { return &c.CanaryKeys }}},

	{Key: "key_sources.filesystem.paths", Doc: "Directories and files with keys.", Aliases: []string{"filesystem-keystores-path"},
		value: list{into: func(c *Config) *[]string { return &c.KeySources.Filesystem.Paths }}},
	{Key: "key_sources.filesystem.password_file", Doc: "The password of those keystores that bring none of their own.",
		value: text{describe: "the path of a file", parse: optional, into: func(c *Config) *string { return &c.KeySources.Filesystem.PasswordFile }}},
	{Key: "key_sources.filesystem.password_dir", Doc: "A directory that holds NAME.txt for each keystore NAME.json.",
		value: text{describe: "the path of a directory", parse: optional, into: func(c *Config) *string { return &c.KeySources.Filesystem.PasswordDir }}},
	{Key: "key_sources.filesystem.keystore_load_concurrency", Default: "0", Doc: "Keystores decrypted at once, within what CPU and memory allow. 0 means just that bound.",
		value: count(0, 1024, func(c *Config) *int { return &c.KeySources.Filesystem.KeystoreLoadConcurrency })},
	{Key: "key_sources.filesystem.raw_load_concurrency", Default: "128", Doc: "Accepted for files of other versions. Unencrypted keys are read on all cores, 10,000 in two seconds of CPU time.",
		value: count(1, 1024, func(c *Config) *int { return &c.KeySources.Filesystem.RawLoadConcurrency })},
	{Key: "key_sources.filesystem.cache.path", Doc: "A file that this signer makes, and keeps decrypted keystores in. Empty means none.",
		value: text{describe: "the path of a file", parse: optional, into: func(c *Config) *string { return &c.KeySources.Filesystem.Cache.Path }}},
	{Key: "key_sources.filesystem.cache.key", Doc: "Where the key of that file is: 32 random bytes, raw or as hexadecimal digits.",
		value: text{describe: "a reference: file:PATH, or env:NAME with a name that does not begin with " + envPrefix, parse: parseReference,
			into: func(c *Config) *string { return &c.KeySources.Filesystem.Cache.Key }}},
	{Key: "key_sources.sqlite.path", Doc: "A file of keys under the master key, that 'keys import' fills. It needs a signer_state. Empty means none.",
		value: text{describe: "the path of a file", parse: optional, into: func(c *Config) *string { return &c.KeySources.SQLite.Path }}},
	{Key: "key_sources.sqlite.refresh_interval_seconds", Default: "1", Doc: "How often that file is asked whether it has changed. 0 means only when the chamber is opened, and at a reload.",
		value: seconds(0, 3600, func(c *Config) *time.Duration { return &c.KeySources.SQLite.RefreshInterval })},

	{Key: "signer_state.backend", Default: BackendNone, Doc: "Where the chamber keeps its sealed master key, policies and tokens. none: there is no chamber, only plain key files.",
		value: choice{now: []string{BackendNone, BackendSQLite, BackendPostgres, BackendDynamoDB},
			into: func(c *Config) *string { return &c.SignerState.Backend }}},
	{Key: "signer_state.path", Default: "./signer_state.sqlite", Doc: "With sqlite: the file.",
		value: text{describe: "the path of a file", parse: required, into: func(c *Config) *string { return &c.SignerState.Path }}},
	{Key: "signer_state.url", Doc: "With postgres: the database, with user and password if need be. Several hosts are separated by commas; the one that takes writes is used.", Secret: true,
		value: text{describe: "a URL such as postgres://signer@database/signer?sslmode=verify-full", parse: parsePostgres,
			into: func(c *Config) *string { return &c.SignerState.URL }}},
	{Key: "signer_state.pool_size", Default: "4", Doc: "With postgres: connections, at most.",
		value: count(1, 1024, func(c *Config) *int { return &c.SignerState.PoolSize })},
	{Key: "signer_state.force_ipv4", Default: "false", Doc: "With postgres: connect to IPv4 addresses only.",
		value: onOff{into: func(c *Config) *bool { return &c.SignerState.ForceIPv4 }}},
	{Key: "signer_state.table", Doc: "With dynamodb: the table, which serves nothing else. Its key is the partition key pk (S).",
		value: text{describe: "the name of a table", parse: optional, into: func(c *Config) *string { return &c.SignerState.Table }}},
	{Key: "signer_state.refresh_interval_seconds", Default: "1", Doc: "How often this signer looks for what other replicas have changed. 0 means never: leave that to a signer that runs alone.",
		value: seconds(0, 3600, func(c *Config) *time.Duration { return &c.SignerState.RefreshInterval })},
	{Key: "signer_state.unseal_timeout_minutes", Default: "30", Doc: "How long operators have for their shares, from the first on. After that they begin anew.",
		value: minutes(1, 1440, func(c *Config) *time.Duration { return &c.SignerState.UnsealTimeout })},

	{Key: "aws.region", Doc: "The region of DynamoDB. If absent, AWS_REGION or the profile tells it. A KMS key's ARN has its own.",
		value: text{describe: "a region such as eu-central-1", parse: optional, into: func(c *Config) *string { return &c.AWS.Region }}},
	{Key: "aws.endpoint_url", Doc: "Another endpoint for AWS: an emulator, or a VPC endpoint. If absent, AWS_ENDPOINT_URL and its variants for single services are honoured.",
		value: text{describe: "a URL such as https://vpce.example.com", parse: parseEndpoint, into: func(c *Config) *string { return &c.AWS.EndpointURL }}},

	{Key: "anti_slashing.backend", Default: BackendSQLite, Doc: "Where the signing history is kept. noop keeps none: slashing protection is off.",
		value: choice{now: []string{BackendSQLite, BackendNoop}, later: []string{"postgres", "dynamodb"},
			into: func(c *Config) *string { return &c.AntiSlashing.Backend }}},
	{Key: "anti_slashing.path", Default: "./slashing_protection.sqlite", Doc: "The SQLite file. Never share it between two signers.",
		Aliases: []string{"anti-slashing-sqlite-path"},
		value:   text{describe: "the path of a file", parse: required, into: func(c *Config) *string { return &c.AntiSlashing.Path }}},

	{Key: "watchdog.give_up_seconds", Default: "60", Doc: "How long a part of the signer may hang before the process ends with 70, to be started anew. 0 waits for ever.",
		value: seconds(0, 86400, func(c *Config) *time.Duration { return &c.Watchdog.GiveUp })},

	{Key: "auth.mode", Default: AuthOpen, Doc: "Who may sign. open: everyone who can reach the port.",
		value: choice{now: []string{AuthOpen}, later: []string{"enforced"}, into: func(c *Config) *string { return &c.Auth.Mode }}},

	{Key: "audit.file", Doc: "File of the audit stream: hash-chained JSON lines, reopened at SIGUSR1. If absent, audit lines are in the log only.",
		value: text{describe: "the path of a file", parse: optional, into: func(c *Config) *string { return &c.Audit.File }}},

	{Key: "logging.level", Default: "info", Doc: "What is logged, such as containment_chamber=debug,audit=info. CONTAINMENT_LOG and RUST_LOG override the variable.",
		value: text{describe: "a level (off, error, warn, info, debug, trace) or target=level, several separated by commas", parse: parseDirectives,
			into: func(c *Config) *string { return &c.Logging.Level }}},
	{Key: "logging.format", Default: FormatAuto, Doc: "Form of the log. auto: text on a terminal, json elsewhere.",
		value: choice{now: []string{FormatAuto, FormatText, FormatJSON}, into: func(c *Config) *string { return &c.Logging.Format }}},
	{Key: "logging.log_color", Doc: "Colours in the text form. Unset: on a terminal only.",
		value: toggle{into: func(c *Config) **bool { return &c.Logging.LogColor }}},

	{Key: "opentelemetry.enabled", Default: "false", Doc: "Whether requests for signatures are traced.",
		value: decision{func(c *Config) *bool { return &c.Opentelemetry.Enabled }}},
	{Key: "opentelemetry.endpoint", Default: "http://localhost:4317", Doc: "The collector, which speaks OTLP over gRPC. https means TLS; OTEL_EXPORTER_OTLP_HEADERS and _CERTIFICATE are honoured.",
		value: text{describe: "a URL such as http://127.0.0.1:4317 or https://collector", parse: parseCollector,
			into: func(c *Config) *string { return &c.Opentelemetry.Endpoint }}},
	{Key: "opentelemetry.service_name", Default: "containment-chamber", Doc: "The name of this service in traces.",
		value: text{describe: "a text that is not empty", parse: required, into: func(c *Config) *string { return &c.Opentelemetry.ServiceName }}},
	{Key: "opentelemetry.sample_ratio", Default: "1", Doc: "The share of requests that are traced. A caller that sends a traceparent header decides for its own.",
		value: ratio{func(c *Config) *float64 { return &c.Opentelemetry.SampleRatio }}},
}
