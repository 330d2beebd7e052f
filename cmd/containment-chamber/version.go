package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand is "containment-chamber version".
type versionCommand struct{}

// Run implements kong's command.
func (versionCommand) Run(j *job) error {
	b := build()
	_, err := fmt.Fprintf(j.stdout, "containment-chamber %s (commit %s, %s, %s/%s)\n", b.version, b.commit, b.time, runtime.GOOS, runtime.GOARCH)
	return err
}

// buildInfo says what this program was built of.
type buildInfo struct{ version, commit, time string }

// build reads what the Go toolchain wrote into the binary.
func build() buildInfo {
	b := buildInfo{version: "devel", commit: "unknown", time: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.time = s.Value
		}
	}
	return b
}
