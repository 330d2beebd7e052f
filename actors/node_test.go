package actors_test

import (
	"testing"

	"containment-chamber/actors"
)

func TestClass(t *testing.T) {
	for name, want := range map[string]string{
		"chamber":                   "chamber",
		"worker-07":                 "worker",
		"worker-1234":               "worker",
		"worker7":                   "worker",
		"key-ring":                  "key-ring",
		"key-ring-2":                "key-ring",
		"chamber/signing/worker-07": "worker",
		"chamber-1/signing":         "signing",
		"":                          "",
	} {
		equal(t, name, actors.Class(name), want)
	}
}
