//go:build !linux

package postgres

import "syscall"

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func giveAway(string) error { return nil }
