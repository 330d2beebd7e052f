package http_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// childVariable tells the test binary that it is the process which is looked into.
const childVariable = "CHAMBER_HTTP_TEST_CHILD"

// TestNothingStaysInMemory sends secrets in many ways to a server in a process of its own, and has that process look for
// them in its whole memory. It is told them inverted, so that it does not find what it was told.
func TestNothingStaysInMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/mem"); err != nil {
		t.Skip("this system does not let a process read its own memory: ", err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestMemoryChild$")
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stderr = os.Stderr
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { input.Close(); _ = child.Wait() })
	lines := bufio.NewScanner(output)
	lines.Scan()
	address := lines.Text()
	find := func(secrets ...string) []string {
		for i, secret := range secrets {
			secrets[i] = hex.EncodeToString(inverted([]byte(secret)))
		}
		fmt.Fprintln(input, strings.Join(secrets, " "))
		lines.Scan()
		return strings.Fields(lines.Text())
	}

	ways := waysToSend()
	connections := make([]net.Conn, len(ways)) // all at once, so that none gets the buffers of another
	for i := range connections {
		connections[i] = connection(t, address)
	}
	var names, secrets []string
	for name, request := range ways {
		secret := rand.Text() + rand.Text()
		reply := talkInParts(t, connections[len(names)/2], request(secret)...)
		var made struct{ Token string }
		_ = json.Unmarshal([]byte(reply), &made) // most have none
		names, secrets = append(names, name, name+", token"), append(secrets, secret, cmp.Or(made.Token, rand.Text()))
	}
	// A handler wipes until it returns, which may be just after its client has heard the last of it.
	for attempts := 100; ; attempts-- {
		found := find(slices.Clone(secrets)...)
		i := slices.IndexFunc(found, func(times string) bool { return times != "0" })
		if i < 0 {
			break
		}
		if attempts == 0 {
			t.Fatalf("%s: the secret is there %s times", names[i], found[i])
		}
		<-time.After(10 * time.Millisecond)
	}
	kept := rand.Text()
	talkInParts(t, connection(t, address), "GET /upcheck?"+kept+" HTTP/1.1\r\nHost: x\r\n\r\n")
	if found := find(kept); found[0] == "0" {
		t.Error("the search does not find what is there")
	}
}

// waysToSend are requests with a secret in the body, in the parts in which they are sent.
func waysToSend() map[string]func(secret string) []string {
	post := func(path, body string) string {
		return fmt.Sprintf("POST %s%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: %d\r\n\r\n%s", chamberPath, path, len(body), body)
	}
	body := func(secret string) string { return `{"operator":"alice","passphrase":"` + secret + `"}` }
	return map[string]func(secret string) []string{
		"root token": func(s string) []string { return []string{post("/root-token", body(s))} },
		"register":   func(s string) []string { return []string{post("/register", body(s))} },
		"escaped":    func(s string) []string { return []string{post("/unseal", body(`\u0041`+s+`\n`))} },
		"in pieces": func(s string) []string {
			text := post("/unseal", body(s))
			return []string{text[:40], text[40 : len(text)-30], text[len(text)-30:]}
		},
		"large":          func(s string) []string { return []string{post("/unseal", body(s)+strings.Repeat(" ", 60<<10))} },
		"too large":      func(s string) []string { return []string{post("/unseal", body(s)+strings.Repeat(" ", 70<<10))} },
		"malformed":      func(s string) []string { return []string{post("/unseal", body(s)+"}")} },
		"in a name":      func(s string) []string { return []string{post("/unseal", `{"`+s+`":1}`)} },
		"for a number":   func(s string) []string { return []string{post("/init", `{"kms_threshold":"`+s+`"}`)} },
		"for a text":     func(s string) []string { return []string{post("/seal", `{"reason":["`+s+`"]}`)} },
		"in a number":    func(s string) []string { return []string{post("/unseal", `{"kms":`+s+`}`)} },
		"no such path":   func(s string) []string { return []string{post("/unsea", body(s))} },
		"no clean path":  func(s string) []string { return []string{post("/./rotate/..//unseal", body(s))} },
		"no such method": func(s string) []string { return []string{strings.Replace(post("/unseal", body(s)), "POST", "PUT", 1)} },
		"refused": func(s string) []string {
			return []string{strings.Replace(post("/init", body(s)), "Authorization", "X", 1)}
		},
		"after a key list": func(s string) []string {
			return []string{"GET /upcheck HTTP/1.1\r\nHost: x\r\n\r\n" + post("/unseal", body(s))}
		},
		"twice": func(s string) []string { return []string{post("/unseal", body(s)) + post("/unseal", body(s))} },
		"chunked": func(s string) []string {
			head := "POST " + chamberPath + "/unseal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
			return []string{head, fmt.Sprintf("%x\r\n%s\r\n", len(body(s)), body(s)), "0\r\n\r\n"}
		},
	}
}

// connection opens one that the server has buffers for.
func connection(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, "GET /upcheck HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, reply.Body)
	return conn
}

// talkInParts sends the parts on a connection, and returns all that comes back after the last head.
func talkInParts(t *testing.T, conn net.Conn, parts ...string) string {
	t.Helper()
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	reply, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(reply, []byte("HTTP/1.1 ")) {
		t.Errorf("reply %q", reply)
	}
	return string(reply[bytes.LastIndex(reply, []byte("\r\n\r\n"))+4:])
}

// TestMemoryChild is the process that is looked into. It serves, and answers each line with how often the secrets that it
// names are in memory.
func TestMemoryChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("runs as a child of TestNothingStaysInMemory")
	}
	debug.SetGCPercent(-1) // nothing is to go by itself
	s := newSigner()
	s.config.Chamber = newChamber().chamber
	s.config.Chamber.Perform = func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
		m.Ceremony.Wipe()
		token := make([]byte, 40)
		for i := range token {
			var b [1]byte
			_, _ = rand.Read(b[:])
			token[i] = 'a' + b[0]%26
		}
		return messages.CeremonyOutcome{RootToken: messages.NewSecret(token)}, nil
	}
	server, err := api.Start(api.ServerConfig{Address: "127.0.0.1:0", Handler: http.Handler(api.New(s.config))})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(server.Address())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var others [][]byte
		for digits := range strings.FieldsSeq(lines.Text()) {
			other, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			others = append(others, other)
		}
		fmt.Println(strings.Trim(fmt.Sprint(inMemory(t, others)), "[]"))
	}
}
