// Package secmem keeps small secrets out of the Go heap: in pages that are not swapped out, not written to a core dump,
// and not handed down to a forked process.
//
// # What it guarantees
//
//   - A [Secret] is [Size] bytes that begin as zeros and never move. The garbage collector neither copies nor scans them.
//   - On Linux their pages are locked (mlock), left out of dumps (MADV_DONTDUMP), zero in a child process
//     (MADV_WIPEONFORK), and stand between two pages that nobody may touch. What the system refuses of this is said by
//     [Arena.Weakness]; the secrets work all the same. Elsewhere they lie on the Go heap, and Weakness says so.
//   - [Secret.Wipe] zeroes the bytes at once. Their place is given to another secret only when nobody can reach this one
//     any more, so that whoever still reads it reads zeros, and never another's secret. There is no Free to call twice
//     or too early.
//   - All of it may be used from several goroutines.
//   - [Do] is for secrets that others' code works on: it erases what a computation leaves on the stack and the heap.
//
// # What Do gives
//
// Libraries copy what they are given: a hash keeps the last block of a passphrase in its state, a string is built, a
// slice grows. Nobody can wipe those copies by name. Do gives them to the runtime: built with GOEXPERIMENT=runtimesecret,
// as the Makefile does, on Linux on amd64 and arm64, it is runtime/secret.Do. The stack and the registers are erased
// when it returns; what was allocated within is erased by the garbage collector that frees it, so whoever wants it gone
// now drops all references and calls runtime.GC. Otherwise Do is a plain call, and those copies stay until the memory is
// used again.
//
// It never covers what others hold: the caller's own slices, which the caller wipes; global variables and pools;
// goroutines that the function starts, and their stacks; memory of C. So no result of Do may be longer-lived than wanted,
// and calls over a network, whose goroutines and buffers live on, gain nothing by it. C must not be called within Do, which
// ends the process: a test of the program follows each use to all that it calls.
//
// # Decisions
//
// Only what is small and lives long is worth it: ten thousand keys are 320 kB, below the 8 MiB that systemd lets a
// service lock. To lock the whole process would lock its address space of a gigabyte and needs a capability.
//
// The bytes are lent to a function and not handed out, so that the Secret stays reachable while they are read. Otherwise
// its place could be reused between the last mention of the Secret and the last read.
//
// Places are found and freed by atomic operations on a bit map, because the one who frees is the garbage collector's
// goroutine, which must not wait. Pages are never given back: a signer's number of keys does not fall much.
//
// Do is an experiment of the language and may change or go: it stands behind one function of ours, and nothing but the
// erasing depends on it.
//
// memfd_secret(2) would hide the pages from the kernel itself. It is not used: it is switched off on many kernels, keeps
// a machine from hibernating, and leaves open what it cannot close, that a process as powerful as the kernel reads our
// registers or asks us to sign.
package secmem
