package dynamodb_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/actors/storetest/dynalite"
)

// spy counts the requests of stores by action, and fails the test when there is one that the role may not make.
type spy struct {
	t    testing.TB
	next aws.HTTPClient
	mu   sync.Mutex
	seen map[string]int
	// left is how many writes of several items, or puts, are made before stop is called.
	left int
	stop func()
	// counted lets DescribeTable count an item, as DynamoDB does after some hours, and the emulator does not.
	counted bool
}

// stopAfter calls stop instead of making another put or transaction, after so many; with nil, no more.
func (s *spy) stopAfter(writes int, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.stop = writes, stop
}

func (s *spy) Do(r *http.Request) (*http.Response, error) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !slices.Contains([]string{"DescribeTable", "GetItem", "PutItem", "UpdateItem", "TransactWriteItems"}, action) {
		s.t.Errorf("a store has sent %s", action)
	}
	s.mu.Lock()
	s.seen[action]++
	if s.stop != nil && (action == "PutItem" || action == "TransactWriteItems") {
		if s.left == 0 {
			s.stop()
		} else {
			s.left--
		}
	}
	s.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response, err := s.next.Do(r)
	if err != nil || !s.counted || action != "DescribeTable" {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	response.Header.Del("X-Amz-Crc32")
	response.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte(`"ItemCount":0`), []byte(`"ItemCount":1`), 1)))
	response.ContentLength = int64(len(body))
	return response, err
}

// since returns what was counted, and begins anew.
func (s *spy) since() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = map[string]int{}
	return seen
}

// place is a table, and a way around the store to it.
type place struct {
	*dynalite.Endpoint
	client *sdk.Client
	table  string
	spy    *spy
}

func fresh(t testing.TB) place {
	t.Helper()
	e := server.Endpoint(t)
	return place{e, sdk.NewFromConfig(e.Config()), e.Table(t), &spy{t: t, next: e.Config().HTTPClient, seen: map[string]int{}}}
}

// config is that of a store whose requests are watched.
func (p place) config() dynamodb.Config {
	cfg := p.Config()
	cfg.HTTPClient = p.spy
	return dynamodb.Config{AWS: cfg, Table: p.table}
}

func (p place) opener() storetest.Opener {
	return func(o storetest.Opening) (eip3076.Store, error) {
		cfg := p.config()
		cfg.GenesisValidatorsRoot, cfg.Marks, cfg.Witness = o.GenesisValidatorsRoot, o.Marks, o.Witness
		store, err := dynamodb.Open(context.Background(), cfg)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

func open(t testing.TB, cfg dynamodb.Config) *dynamodb.Store {
	t.Helper()
	store, err := dynamodb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
func blob(b []byte) types.AttributeValue   { return &types.AttributeValueMemberB{Value: b} }

func (p place) get(t testing.TB, pk string) item {
	t.Helper()
	out, err := p.client.GetItem(context.Background(), &sdk.GetItemInput{TableName: &p.table, Key: item{"pk": text(pk)}, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

func (p place) put(t testing.TB, i item) {
	t.Helper()
	if _, err := p.client.PutItem(context.Background(), &sdk.PutItemInput{TableName: &p.table, Item: i}); err != nil {
		t.Fatal(err)
	}
}

func (p place) delete(t testing.TB, i item) {
	t.Helper()
	if _, err := p.client.DeleteItem(context.Background(), &sdk.DeleteItemInput{TableName: &p.table, Key: item{"pk": i["pk"]}}); err != nil {
		t.Fatal(err)
	}
}

func (p place) all(t testing.TB) []item {
	t.Helper()
	out, err := p.client.Scan(context.Background(), &sdk.ScanInput{TableName: &p.table, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

func (p place) snapshot(t *testing.T) func() {
	kept := p.all(t)
	return func() {
		for _, i := range p.all(t) {
			p.delete(t, i)
		}
		for _, i := range kept {
			p.put(t, i)
		}
	}
}
