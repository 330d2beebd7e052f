package secmem

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// pages returns zeroed memory of a size in whole pages, with a guard page at either end. Without memory, the error says
// why there is none; with memory, what it lacks in protection.
func pages(size int) ([]byte, error) {
	guard := os.Getpagesize()
	all, err := unix.Mmap(-1, 0, guard+size+guard, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("mmap: %w", err)
	}
	memory := all[guard : guard+size : guard+size]
	if err := unix.Mprotect(memory, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return nil, errors.Join(fmt.Errorf("mprotect: %w", err), unix.Munmap(all))
	}
	return memory, errors.Join(
		lacking(unix.Mlock(memory), "secrets may be swapped out: raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), or grant CAP_IPC_LOCK: mlock"),
		lacking(unix.Madvise(memory, unix.MADV_DONTDUMP), "secrets may be in a core dump: this system cannot leave them out: madvise"),
		lacking(unix.Madvise(memory, unix.MADV_WIPEONFORK), "secrets are copied to forked processes: this system cannot wipe them: madvise"),
	)
}

func lacking(err error, consequence string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", consequence, err)
}
