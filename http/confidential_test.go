package http_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// startChamber serves s until the test ends, and returns the address.
func startChamber(t *testing.T, s *signerWithChamber) string {
	t.Helper()
	handler := api.New(s.config)
	server := start(t, api.ServerConfig{Handler: handler, Drain: handler.Drain})
	t.Cleanup(func() {
		if err := server.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server.Address()
}

// talk sends text on a connection of its own, and returns the reply and what comes after it.
func talk(t *testing.T, address, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	reader := bufio.NewReader(conn)
	reply, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(reader)
	if err != nil || len(rest) > 0 {
		t.Errorf("after the reply: %q, %v", rest, err)
	}
	return reply, string(body)
}

// TestConfidentialReplies: a reply that goes past net/http is as it would have been, and ends the connection, whatever
// was sent after the request.
func TestConfidentialReplies(t *testing.T) {
	s := newChamber()
	s.outcome.CodeShown, s.outcome.RootToken = false, secretOf("cc_token_a_b")
	address := startChamber(t, s)
	large := strings.Repeat("x", 1<<20)
	post := func(path, body string) string {
		return "POST " + chamberPath + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	}
	for name, test := range map[string]struct {
		request string
		status  int
		body    string
	}{
		"status":   {"GET " + chamberPath + "/status HTTP/1.1\r\nHost: x\r\n\r\n", 200, `{"detail":"local"`},
		"head":     {"HEAD " + chamberPath + "/status HTTP/1.1\r\nHost: x\r\n\r\n", 200, ""},
		"refused":  {post("/init", "{}"), 401, `{"error":"unauthorized"`},
		"pipeline": {post("/unseal", `{"kms":true}`) + post("/unseal", `{"kms":true}`), 200, `{"state":"unsealed"`},
		"chunked":  {"POST " + chamberPath + "/unseal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"kms\"\r\n6\r\n:true}\r\n0\r\n\r\n", 200, `{"state":"unsealed"`},
		"half":     {"POST " + chamberPath + "/unseal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"kms\"\r\nnonsense\r\n", 400, `{"error":"malformed_request"`},
		"expect":   {strings.Replace(post("/nowhere", "{}"), "Host", "Expect: 100-continue\r\nHost", 1), 404, `{"error":"not_found"`},
		"large":    {post("/unseal", large), 413, `{"error":"body_too_large"`},
		"HTTP/1.0": {strings.Replace(post("/unseal", `{"kms":true}`), "HTTP/1.1", "HTTP/1.0", 1), 200, `{"state":"unsealed"`},
	} {
		reply, body := talk(t, address, test.request)
		if reply.StatusCode != test.status || !strings.HasPrefix(body, test.body) || (body == "") != (test.body == "") {
			t.Errorf("%s: %d %s", name, reply.StatusCode, body)
		}
		if !reply.Close || reply.Header.Get("Cache-Control") != "no-store" || reply.Header.Get("Date") == "" || reply.Header.Get("X-Request-Id") == "" ||
			reply.Header.Get("Content-Type") != "application/json; charset=utf-8" || body != "" && reply.ContentLength != int64(len(body)) {
			t.Errorf("%s: %v", name, reply.Header)
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.asked) != 3 {
		t.Errorf("held: %q", s.asked)
	}
}

// TestSlowBody: who does not send what was promised gets told, and does not keep a slot.
func TestSlowBody(t *testing.T) {
	s := newChamber()
	s.config.BodyTimeout = 50 * time.Millisecond
	address := startChamber(t, s)
	reply, body := talk(t, address, "POST "+chamberPath+"/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{")
	if reply.StatusCode != 408 || !strings.Contains(body, "request_timeout") {
		t.Errorf("%d %s", reply.StatusCode, body)
	}
}

// TestPanicOfACeremony is answered like any other, and the secrets that were read are not in the answer.
func TestPanicOfACeremony(t *testing.T) {
	s := newChamber()
	s.chamber.Perform = func(context.Context, messages.PerformCeremony) (messages.CeremonyOutcome, error) { panic("hidden") }
	address := startChamber(t, s)
	body := `{"operator":"alice","passphrase":"hidden"}`
	reply, body := talk(t, address, "POST "+chamberPath+"/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
	if reply.StatusCode != 500 || strings.Contains(body, "hidden") {
		t.Errorf("%d %s", reply.StatusCode, body)
	}
}
