package config_test

import "testing"

func TestEnvironment(t *testing.T) {
	c := sources{env: []string{
		"PATH=/bin", "CONTAINMENT_SERVER__LISTEN_PORT=", "CONTAINMENT_UNHEARD_OF=", "CONTAINMENT_Signing__Workers=3", "NOVALUE",
		"CONTAINMENT_ANTI_SLASHING__PATH=a=b",
	}}.mustLoad(t)
	if c.Server.ListenPort != 9000 || c.Signing.Workers != 3 || c.AntiSlashing.Path != "a=b" {
		t.Errorf("got %+v", c)
	}
}

func TestUnknownVariables(t *testing.T) {
	equal(t, sources{env: []string{
		"CONTAINMENT_SERVER_LISTEN_PORT=1",
		"CONTAINMENT_SERVER=1",
		"CONTAINMENT_LISTEN_PORT=1",
		"CONTAINMENT_ANTISLASHING__BACKEND=sqlite",
		"CONTAINMENT_AUTH__POLICIES=postgres://hunter2",
		"CONTAINMENT_KEY_SOURCES__KEY_MANAGER_API__ENABLED=true",
		"CONTAINMENT_FROBNICATE=1",
		"CONTAINMENT_SERVER__PORT_9000_TCP=1",
	}}.complaints(t), []string{
		"CONTAINMENT_ANTISLASHING__BACKEND: renamed; write CONTAINMENT_ANTI_SLASHING__BACKEND",
		"CONTAINMENT_AUTH__POLICIES: known, but not available in this version; remove it",
		"CONTAINMENT_FROBNICATE: unknown key; remove it",
		"CONTAINMENT_KEY_SOURCES__KEY_MANAGER_API__ENABLED: renamed to CONTAINMENT_HTTP__KEY_MANAGER_API__ENABLED, which is not available in this version; remove it",
		"CONTAINMENT_LISTEN_PORT: unknown key; did you mean CONTAINMENT_SERVER__LISTEN_PORT?",
		"CONTAINMENT_SERVER: unknown key; remove it",
		"CONTAINMENT_SERVER_LISTEN_PORT: unknown key; did you mean CONTAINMENT_SERVER__LISTEN_PORT?",
		"CONTAINMENT_SERVER__PORT_9000_TCP: unknown key; remove it",
	})
}

// A Service named containment-chamber puts these into every container of its namespace.
func TestServiceLinksArePassedOver(t *testing.T) {
	sources{env: []string{
		"CONTAINMENT_CHAMBER_SERVICE_HOST=10.0.0.1", "CONTAINMENT_CHAMBER_SERVICE_PORT=9000", "CONTAINMENT_CHAMBER_SERVICE_PORT_METRICS=3000",
		"CONTAINMENT_CHAMBER_PORT=tcp://10.0.0.1:9000", "CONTAINMENT_CHAMBER_PORT_9000_TCP=tcp://10.0.0.1:9000",
		"CONTAINMENT_CHAMBER_PORT_9000_TCP_PROTO=tcp", "CONTAINMENT_CHAMBER_PORT_9000_TCP_PORT=9000", "CONTAINMENT_CHAMBER_PORT_9000_TCP_ADDR=10.0.0.1",
	}}.mustLoad(t)
}

func TestLogVariables(t *testing.T) {
	for _, test := range []struct {
		name string
		from sources
		want string
	}{
		{"RUST_LOG", sources{env: []string{"CONTAINMENT_LOGGING__LEVEL=warn", "RUST_LOG=debug"}}, "debug"},
		{"ours first", sources{env: []string{"RUST_LOG=debug", "CONTAINMENT_LOG=error"}}, "error"},
		{"empty is not set", sources{env: []string{"RUST_LOG=debug", "CONTAINMENT_LOG="}}, "debug"},
		{"a flag beats them", sources{env: []string{"RUST_LOG=debug"}, flags: map[string]string{"logging-level": "off"}}, "off"},
	} {
		if got := test.from.mustLoad(t).Logging.Level; got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	equal(t, sources{env: []string{"RUST_LOG=inof"}}.complaints(t), []string{
		"RUST_LOG: must be a level (off, error, warn, info, debug, trace) or target=level, several separated by commas",
	})
}
