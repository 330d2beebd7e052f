package main

import (
	"bufio"
	"os"
	"runtime"
	"strings"
)

// machine describes where a measurement was made.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	System string `json:"system"`
}

// thisMachine reads the description from proc(5); what it cannot learn is "unknown".
func thisMachine() machine {
	m := machine{"unknown", runtime.NumCPU(), "unknown", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(release))
	}
	info, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return m
	}
	defer info.Close()
	for lines := bufio.NewScanner(info); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}
