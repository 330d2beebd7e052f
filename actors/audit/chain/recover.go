package chain

import (
	"bytes"
	"errors"
	"io"
)

// tailSize is how much of a file's end recovery reads: many times the longest line, and what a file system may leave
// of a write that the power cut short.
const tailSize = 1 << 20

// Recovered is what the end of a file tells.
type Recovered struct {
	// Head is the last sound record's; zero in an empty file.
	Head Head
	// Torn counts the bytes after it, with the newline that ends them, be it there or not.
	Torn int64
	// Unended says that the file does not end in a newline: write one before anything else.
	Unended bool
}

// errForeign is refused rather than appended to.
var errForeign = errors.New("it holds no record of an audit stream: name another file, or move this one away")

// Recover finds the end of the chain in a file of the given size. A file that has content, but no record near its end,
// is not ours, and refused.
func Recover(file io.ReaderAt, size int64) (Recovered, error) {
	if size == 0 {
		return Recovered{}, nil
	}
	tail := make([]byte, min(size, tailSize))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return Recovered{}, err
	}
	r := Recovered{Unended: tail[len(tail)-1] != '\n'}
	if r.Unended {
		tail = append(tail, '\n')
	}
	for end := len(tail); end > 0; {
		start := bytes.LastIndexByte(tail[:end-1], '\n') + 1
		if head, ok := sound(tail[:start], tail[start:end-1]); ok {
			r.Head, r.Torn = head, int64(len(tail)-end)
			return r, nil
		}
		end = start
	}
	return Recovered{}, errForeign
}

// sound reports whether a line is a whole record, by the hash of the record before it.
func sound(before, text []byte) (Head, bool) {
	l, err := read(text)
	if err != nil {
		return Head{}, false
	}
	previous, known := l.previous()
	if !known {
		if len(before) == 0 {
			return Head{}, false
		}
		start := bytes.LastIndexByte(before[:len(before)-1], '\n') + 1
		if _, previous, known = split(before[start : len(before)-1]); !known {
			return Head{}, false
		}
	}
	return l.head(), previous.over(l.body) == l.hash
}
