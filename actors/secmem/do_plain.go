//go:build !goexperiment.runtimesecret

package secmem

// Do calls f. Built with GOEXPERIMENT=runtimesecret it also erases what f leaves behind.
func Do(f func()) { f() }
