package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"containment-chamber/messages"
)

// patience is how long an answer may take: well above the server's own limit.
const patience = 30 * time.Second

// answer is what the server said. The body is valid until the connection's next answer.
type answer struct {
	status int
	body   []byte
}

// connection is one keep-alive connection, dialled when it is first needed and again after a failure. It serves one
// goroutine.
type connection struct {
	address string
	keys    []messages.PublicKey
	conn    net.Conn
	reader  *bufio.Reader
	out, in []byte
}

const (
	readBuffer = 16 << 10
	signPath   = "/api/v1/eth2/sign"
)

// ask sends an order and waits for the answer. The error is of the transport; an order is never sent twice.
func (c *connection) ask(o order) (answer, error) {
	a, err := c.exchange(o)
	if err != nil {
		c.close()
	}
	return a, err
}

func (c *connection) exchange(o order) (answer, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, patience)
		if err != nil {
			return answer{}, err
		}
		c.conn, c.reader = conn, bufio.NewReaderSize(conn, readBuffer)
	}
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return answer{}, err
	}
	if _, err := c.conn.Write(c.request(o)); err != nil {
		return answer{}, err
	}
	reply, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return answer{}, err
	}
	c.in, err = readInto(c.in, reply)
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return answer{}, err
	}
	if reply.Close {
		c.close()
	}
	return answer{reply.StatusCode, c.in}, nil
}

// request writes the whole request, so that it is sent in one piece.
func (c *connection) request(o order) []byte {
	out := append(c.out[:0], "POST "+signPath...)
	if !o.batch {
		out = append(out, '/')
		out = fmt.Appendf(out, "0x%x", c.keys[o.first][:])
	}
	out = append(append(out, " HTTP/1.1\r\nHost: "...), c.address...)
	out = append(out, "\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: "...)
	out = append(strconv.AppendInt(out, int64(len(o.body)), 10), "\r\n\r\n"...)
	c.out = append(out, o.body...)
	return c.out
}

// readInto reads the body of a reply into the buffer that is given, or a larger one.
func readInto(buffer []byte, reply *http.Response) ([]byte, error) {
	size := reply.ContentLength // -1 is not known beforehand
	if size < 0 || size > maxReply {
		return io.ReadAll(io.LimitReader(reply.Body, maxReply))
	}
	if int64(cap(buffer)) < size {
		buffer = make([]byte, size)
	}
	buffer = buffer[:size]
	_, err := io.ReadFull(reply.Body, buffer)
	return buffer, err
}

// maxReply is above the reply to the largest batch, 5,000 signatures of some 340 bytes.
const maxReply = 8 << 20

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is left to be sent
		c.conn = nil
	}
}

// transportKind names a failure of the transport without its particulars, so that equal ones are counted together.
func transportKind(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "closed"
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return op.Op
	}
	return "malformed_reply"
}
