package main

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// forbidDumps sees to it that no crash writes this process's memory to a file, and that no process of the same user can
// read it: whoever reads memory has the keys. Both calls are needed: the limit is passed over when dumps are piped to a
// program (core(5)), and the flag, which stops those as well as debuggers (PR_SET_DUMPABLE(2const)), could be set back.
// What /proc shows to everyone, such as stat and limits, stays readable.
func forbidDumps() error {
	var problems []error
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		problems = append(problems, fmt.Errorf("prctl PR_SET_DUMPABLE: %w", err))
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		problems = append(problems, fmt.Errorf("setrlimit RLIMIT_CORE: %w", err))
	}
	return errors.Join(problems...)
}
