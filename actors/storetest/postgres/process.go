package postgres

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

const (
	stopFast = syscall.SIGINT  // no new connections, and the end of all others
	crash    = syscall.SIGQUIT // all processes end as they are; the next start recovers from the log
)

// process is a server that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// launch starts a command on a thread that lasts as long as the command: the kernel takes the end of the thread for the
// end of the parent.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it was told to end
		}
		close(p.ended)
	}()
	return p, <-started
}

// end tells the process to end, and waits until it has.
func (p *process) end(signal syscall.Signal) {
	_ = p.cmd.Process.Signal(signal) // or it has ended already
	select {
	case <-p.ended:
	case <-time.After(startDeadline):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}
