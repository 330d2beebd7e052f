//go:build goexperiment.runtimesecret

package secmem

import "runtime/secret"

// Do calls f, and has erased what f leaves behind: registers and stack when Do returns, also by a panic; what f allocated
// on the heap when the garbage collector finds that nobody refers to it. See the package comment for what that excludes.
func Do(f func()) { secret.Do(f) }
