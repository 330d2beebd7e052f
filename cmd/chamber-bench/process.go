package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// clockTick is the unit of CPU times in proc(5): USER_HZ, which is 100 on every Linux.
const clockTick = 10 * time.Millisecond

// cpuOf returns the CPU time that a process has used, to 10 ms (proc(5): utime and stime of /proc/PID/stat).
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time of the server: %w", err)
	}
	return parseStat(text)
}

// parseStat reads the 14th and 15th field, counted behind the name in parentheses, which may hold anything.
func parseStat(text []byte) (time.Duration, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("CPU time of the server: /proc/PID/stat has %d fields", len(fields))
	}
	user, err := strconv.ParseInt(string(fields[11]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("CPU time of the server: %w", err)
	}
	system, err := strconv.ParseInt(string(fields[12]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("CPU time of the server: %w", err)
	}
	return time.Duration(user+system) * clockTick, nil
}

// residentOf returns the resident memory of a process in bytes (proc(5): the second field of /proc/PID/statm, in pages).
func residentOf(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of the server: %w", err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0, fmt.Errorf("memory of the server: %w", err)
	}
	return resident * int64(os.Getpagesize()), nil
}

// ownCPU returns the CPU time that this process has used.
func ownCPU() (time.Duration, error) { return usedBy(syscall.RUSAGE_SELF) }

// threadCPU returns the CPU time that the calling thread has used; its goroutine must be locked to it.
func threadCPU() (time.Duration, error) { return usedBy(syscall.RUSAGE_THREAD) }

func usedBy(who int) (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(who, &usage); err != nil {
		return 0, fmt.Errorf("CPU time of the client: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}
