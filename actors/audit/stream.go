package audit

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"containment-chamber/actors/audit/chain"
	"containment-chamber/messages"
)

// stream is an open audit file and the end of the chain in it.
type stream struct {
	file *os.File
	head chain.Head // of what is written
	next chain.Head // of what is in buf as well
	buf  []byte
	// unsynced says that something is written that may not be on the disk.
	unsynced bool
}

// openStream opens or creates the file, finds the end of the chain in it, and writes the record that opens it. In an
// empty file the chain goes on after head.
func openStream(path string, head chain.Head) (*stream, messages.AuditOpened, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND|syscall.O_NONBLOCK, 0o600) // a pipe must not block
	if err != nil {
		return nil, messages.AuditOpened{}, err
	}
	s := &stream{file: file, head: head}
	opened, err := s.begin(path)
	if err != nil {
		return nil, opened, fmt.Errorf("%s: %w", path, errors.Join(err, file.Close()))
	}
	return s, opened, nil
}

var (
	errIrregular = errors.New("it is not a regular file, so that it cannot be read back: use the log's audit target for pipes")
	errInUse     = errors.New("another process writes to it: give every signer a file of its own")
)

func (s *stream) begin(path string) (messages.AuditOpened, error) {
	info, err := s.file.Stat()
	if err != nil {
		return messages.AuditOpened{}, err
	}
	if !info.Mode().IsRegular() {
		return messages.AuditOpened{}, errIrregular
	}
	if errors.Is(syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		return messages.AuditOpened{}, errInUse
	}
	found, err := chain.Recover(s.file, info.Size())
	if err != nil {
		return messages.AuditOpened{}, err
	}
	if info.Size() > 0 {
		s.head = found.Head
	}
	opened := messages.AuditOpened{File: path, Sequence: s.head.Seq, Hash: messages.Root(s.head.Hash), Torn: found.Torn}
	if found.Unended {
		s.buf = append(s.buf, '\n')
	}
	s.buf, s.next = s.head.Append(s.buf, s.head.Opening(time.Now(), found.Torn))
	return opened, s.flush()
}

// add encodes a line.
func (s *stream) add(at time.Time, line messages.Line) {
	s.buf, s.next = s.next.Append(s.buf, chain.Record{Time: at, Level: line.Level, Event: line.Message, Fields: line.Attrs})
}

// flush writes what was added, in one call. After an error the stream can only be closed; head is then the last whole
// record that has been written.
func (s *stream) flush() error {
	_, err := s.file.Write(s.buf)
	s.buf = s.buf[:0]
	s.unsynced = true
	if err == nil {
		s.head = s.next
		return nil
	}
	if info, failed := s.file.Stat(); failed == nil {
		if found, failed := chain.Recover(s.file, info.Size()); failed == nil {
			s.head = found.Head
		}
	}
	return err
}

// sync brings what was written to the disk.
func (s *stream) sync() error {
	if !s.unsynced {
		return nil
	}
	s.unsynced = false
	return s.file.Sync()
}

func (s *stream) close() error { return errors.Join(s.sync(), s.file.Close()) }
