package chain

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxLine is more than a record can have: some texts of [maxText], each of whose bytes may take six.
const maxLine = 512 << 10

// Verifier checks the files of one stream, the oldest first. The zero Verifier is ready for the first.
type Verifier struct {
	report Report
	known  bool // the head is known: a record was read
}

// Report is what was found sound.
type Report struct {
	Files   int
	Records uint64
	// Torn counts the places where a crash had left something unfinished and the stream went on properly.
	Torn int
	// Unfinished counts the bytes after the last newline of the last file: a crash, or a signer that is just writing.
	Unfinished  int64
	First, Last Position
	Head        Head
}

// Position is a record's number and time.
type Position struct {
	Seq  uint64
	Time time.Time
}

// BrokenError says where a chain is broken for the first time. Line counts from 1.
type BrokenError struct {
	File string
	Line int
	Err  error
}

// Error implements error.
func (e *BrokenError) Error() string { return fmt.Sprintf("%s, line %d: %v", e.File, e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *BrokenError) Unwrap() error { return e.Err }

var errNoOpening = errors.New("it is not the record that begins a file: give the file before it as well, or the beginning was cut off")

// Report tells what was checked so far.
func (v *Verifier) Report() Report { return v.report }

// File checks one file, which is to go on where the one before ended. The error is a [BrokenError], or says that the
// file cannot be read.
func (v *Verifier) File(name string, file io.Reader) error {
	v.report.Files++
	v.report.Unfinished = 0
	lines := bufio.NewReaderSize(file, maxLine)
	var torn suspects
	for number := 1; ; number++ {
		text, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			v.report.Unfinished = int64(len(text))
			return torn.unless(name)
		case errors.Is(err, bufio.ErrBufferFull):
			torn.add(number, int64(len(text)), errNoRecord)
			return torn.unless(name)
		case err != nil:
			return fmt.Errorf("read %s: %w", name, err)
		}
		l, err := read(bytes.TrimSuffix(text, []byte("\n")))
		if err == nil {
			err = v.accept(l, &torn)
		}
		if err != nil {
			torn.add(number, int64(len(text)), err)
		}
	}
}

// accept takes l as the next record, or says why it cannot be.
func (v *Verifier) accept(l line, torn *suspects) error {
	head := v.report.Head
	if !v.known {
		previous, opens := l.previous()
		if !opens {
			return errNoOpening
		}
		head = Head{l.Seq - 1, previous}
	}
	if err := l.follow(head); err != nil {
		return err
	}
	if torn.bytes > 0 {
		if !l.opens() || l.Fields.TornBytes != torn.bytes {
			return errNoRecord // of a place that is behind the break
		}
		*torn = suspects{}
		v.report.Torn++
	}
	if !v.known {
		v.known = true
		v.report.First = Position{l.Seq, l.Time}
	}
	v.report.Last, v.report.Head = Position{l.Seq, l.Time}, l.head()
	v.report.Records++
	return nil
}

// suspects are the lines since the last sound record. A later opening record may vouch for them.
type suspects struct {
	bytes int64
	line  int // the first
	err   error
}

func (s *suspects) add(number int, size int64, err error) {
	if s.bytes == 0 {
		s.line, s.err = number, err
	}
	s.bytes += size
}

// unless returns the error of the first suspect that nobody has vouched for.
func (s *suspects) unless(name string) error {
	if s.bytes == 0 {
		return nil
	}
	return &BrokenError{name, s.line, s.err}
}
