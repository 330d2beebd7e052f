// Package dynalite starts an emulator of Amazon DynamoDB for tests: the Node package dynalite, behind a shim that adds what
// it lacks and breaks what it is told to.
//
//	var server dynalite.Server
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		server.Stop()
//		os.Exit(code)
//	}
//
//	func TestStore(t *testing.T) { … server.Endpoint(t).Config() … }
//
// # What the shim adds
//
// TransactWriteItems and TransactGetItems, with reasons for a cancellation and with the client's token; the old item in a
// ConditionalCheckFailedException where it is asked for; the checksum in X-Amz-Crc32, which the SDK looks for; and faults
// ([Endpoint.Inject]).
//
// # Decisions
//
// A transaction is made of single writes, while everybody else waits, and is undone item by item if one of them is
// refused. Nobody sees it half-done, which is all that a test can ask.
//
// The process of Node ends when its standard input does, so that it never outlives the test binary.
package dynalite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/storetest"
)

// program prints the port that it listens on, and ends with its standard input. Tables are there at once.
const program = `
const server = require('dynalite')({createTableMs: 0, deleteTableMs: 0, updateTableMs: 0})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()`

// Server is an emulator that starts when it is first used. The zero value is ready.
type Server struct {
	mu    sync.Mutex
	url   string // empty until it runs
	stdin io.Closer
	node  *exec.Cmd
	// turn is held by many for single requests, and by one for a transaction.
	turn sync.RWMutex
}

// Endpoint starts a shim for this test. Tables are shared by all tests of the binary, faults are not.
func (s *Server) Endpoint(t testing.TB) *Endpoint {
	t.Helper()
	storetest.Needs(t, "Node and its package dynalite")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url == "" {
		if err := s.start(filepath.Join(storetest.Root(t), ".ci", "node")); err != nil {
			t.Fatalf("starting dynalite: %v", err)
		}
	}
	e := &Endpoint{server: s, tokens: map[string][]byte{}}
	shim := httptest.NewServer(e)
	e.url, e.transport = shim.URL, &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(func() {
		e.transport.CloseIdleConnections()
		shim.Close()
	})
	return e
}

func (s *Server) start(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "dynalite")); err != nil {
		return errors.New("it is not installed: 'make servers', or run 'make test-core'")
	}
	s.node = exec.Command("node", "-e", program)
	s.node.Dir, s.node.Stderr = dir, os.Stderr
	stdin, inErr := s.node.StdinPipe()
	stdout, outErr := s.node.StdoutPipe()
	if err := errors.Join(inErr, outErr, s.node.Start()); err != nil {
		return err
	}
	s.stdin = stdin
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return errors.Join(fmt.Errorf("it ended: %w", err), stdin.Close(), s.node.Wait())
	}
	s.url = "http://127.0.0.1:" + strings.TrimSpace(port)
	return nil
}

// Stop ends the emulator. Call it at the end of TestMain.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url != "" {
		_ = s.stdin.Close()
		_ = s.node.Wait()
		s.url = ""
	}
}

// Endpoint is an address of the emulator, for one test.
type Endpoint struct {
	server    *Server
	url       string
	transport *http.Transport

	mu     sync.Mutex
	faults []*Fault
	// tokens holds the answers to transactions by the token of their client, who may ask again.
	tokens map[string][]byte
}

// Config tells the SDK to use this endpoint.
func (e *Endpoint) Config() aws.Config {
	return aws.Config{
		Region:       "eu-central-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		BaseEndpoint: aws.String(e.url),
		HTTPClient:   &http.Client{Transport: e.transport},
	}
}

// Table makes an empty table with the partition key pk (S), and returns its name.
func (e *Endpoint) Table(t testing.TB) string {
	t.Helper()
	name := strings.Map(allowed, t.Name()+"-"+strings.TrimPrefix(e.url, "http://127.0.0.1:"))
	client, ctx := dynamodb.NewFromConfig(e.Config()), context.Background()
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if err == nil {
		quick := func(o *dynamodb.TableExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = time.Millisecond, 50*time.Millisecond
		}
		err = dynamodb.NewTableExistsWaiter(client, quick).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// allowed replaces what the name of a table may not have.
func allowed(r rune) rune {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.-", r) {
		return r
	}
	return '.'
}
