package main_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// slow is a request whose body does not come to an end.
type slow struct {
	net.Conn
	rest string
}

// startSlow sends half of a sign request.
func startSlow(t *testing.T, p *process) slow {
	t.Helper()
	return startSlowRequest(t, p, "/api/v1/eth2/sign/"+devKey(0), attestation(1, 2, 1))
}

// startSlowRequest sends half of a request, and returns when the signer has taken it in: only then it asks for the body.
func startSlowRequest(t *testing.T, p *process, path, body string) slow {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.api, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	head := "POST " + path + " HTTP/1.1\r\nHost: signer\r\nExpect: 100-continue\r\n"
	if _, err := fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n", head, len(body)); err != nil {
		t.Fatal(err)
	}
	var answer [25]byte
	if _, err := c.Read(answer[:]); err != nil || !strings.HasPrefix(string(answer[:]), "HTTP/1.1 100 ") {
		t.Fatalf("%q, %v", answer, err)
	}
	if _, err := c.Write([]byte(body[:40])); err != nil {
		t.Fatal(err)
	}
	return slow{c, body[40:]}
}
