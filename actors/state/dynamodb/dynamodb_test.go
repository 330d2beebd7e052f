package dynamodb_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/state"
	"containment-chamber/actors/state/dynamodb"
	"containment-chamber/actors/state/statetest"
	"containment-chamber/actors/storetest/dynalite"
)

var server dynalite.Server

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "10") // the emulator answers more slowly than memory
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func opener(e *dynalite.Endpoint, table string) statetest.Opener {
	return func(ctx context.Context) (state.Store, error) {
		store, err := dynamodb.Open(ctx, dynamodb.Config{AWS: e.Config(), Table: table})
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

func fresh(t *testing.T) (*dynalite.Endpoint, string) {
	t.Helper()
	e := server.Endpoint(t)
	return e, e.Table(t)
}

func open(t *testing.T, e *dynalite.Endpoint, table string) *dynamodb.Store {
	t.Helper()
	store, err := dynamodb.Open(context.Background(), dynamodb.Config{AWS: e.Config(), Table: table})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// holding returns a table that somebody has put an item into.
func holding(item map[string]types.AttributeValue) func(t *testing.T) statetest.Opener {
	return func(t *testing.T) statetest.Opener {
		e, table := fresh(t)
		put(t, e, table, item)
		return opener(e, table)
	}
}

func put(t *testing.T, e *dynalite.Endpoint, table string, item map[string]types.AttributeValue) {
	t.Helper()
	if _, err := sdk.NewFromConfig(e.Config()).PutItem(context.Background(), &sdk.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
}

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

func TestConformance(t *testing.T) {
	statetest.Run(t, statetest.Subject{
		Place: func(t *testing.T) statetest.Opener { return opener(fresh(t)) },
		Lossy: func(t *testing.T) (statetest.Opener, func(int)) {
			e, table := fresh(t)
			return opener(e, table), func(after int) {
				if after > 0 {
					e.Inject(dynalite.Fault{Operation: "PutItem", Times: after})
				}
				e.Inject(dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true})
			}
		},
		Answers: 1,
		Foreign: map[string]func(t *testing.T) statetest.Opener{
			"other items":     holding(map[string]types.AttributeValue{"pk": text("0xabc#block"), "slot": number("1")}),
			"another part":    holding(map[string]types.AttributeValue{"pk": text("chamber"), "kind": text("anti_slashing"), "format": number("1")}),
			"another program": holding(map[string]types.AttributeValue{"pk": text("chamber")}),
			"another key":     otherKey,
		},
		Newer: holding(map[string]types.AttributeValue{"pk": text("chamber"), "kind": text("signer_state"), "format": number("2")}),
	})
}

func otherKey(t *testing.T) statetest.Opener {
	e := server.Endpoint(t)
	table := "other-key"
	_, err := sdk.NewFromConfig(e.Config()).CreateTable(context.Background(), &sdk.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}, {AttributeName: aws.String("sk"), AttributeType: "S"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return opener(e, table)
}

func TestReplicasStartTogether(t *testing.T) {
	e, table := fresh(t)
	outcomes := make(chan error)
	for range 8 {
		go func() {
			_, err := opener(e, table)(context.Background())
			outcomes <- err
		}()
	}
	for range 8 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
}

func TestTableThatIsReplacedIsNoticed(t *testing.T) {
	e, table := fresh(t)
	store := open(t, e, table)
	if _, err := sdk.NewFromConfig(e.Config()).DeleteItem(context.Background(), &sdk.DeleteItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"pk": text("chamber")},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Read(context.Background()); !errors.Is(err, state.ErrForeign) {
		t.Errorf("got %v", err)
	}
}

func TestDamagedItemIsRefused(t *testing.T) {
	for name, edited := range map[string]map[string]types.AttributeValue{
		"no version": {"pk": text(state.Seal), "ticket": &types.AttributeValueMemberB{Value: make([]byte, 16)}, "body": &types.AttributeValueMemberB{Value: []byte("x")}},
		"version 0":  {"pk": text(state.Seal), "version": number("0"), "ticket": &types.AttributeValueMemberB{Value: make([]byte, 16)}, "body": &types.AttributeValueMemberB{Value: []byte("x")}},
		"ticket":     {"pk": text(state.Seal), "version": number("1"), "ticket": text("x"), "body": &types.AttributeValueMemberB{Value: []byte("x")}},
	} {
		t.Run(name, func(t *testing.T) {
			e, table := fresh(t)
			store := open(t, e, table)
			put(t, e, table, edited)
			if _, err := store.Read(context.Background()); !errors.Is(err, state.ErrForeign) || !strings.Contains(err.Error(), "seal is damaged") {
				t.Errorf("read: %v", err)
			}
			if err := store.Write(context.Background(), state.Record{Name: state.Seal, Version: 9, Body: []byte("x")}); !errors.Is(err, state.ErrForeign) {
				t.Errorf("write: %v", err)
			}
		})
	}
}

func TestFaultsThatPass(t *testing.T) {
	e, table := fresh(t)
	e.Inject(
		dynalite.Fault{Operation: "DescribeTable", Times: 1, Status: 500, Type: "InternalServerError"},
		dynalite.Fault{Operation: "GetItem", Times: 1, Status: 400, Type: "ThrottlingException"},
		dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true}, // of the mark
		dynalite.Fault{Operation: "PutItem", Times: 2, Status: 400, Type: "ProvisionedThroughputExceededException"},
		dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true},
		dynalite.Fault{Operation: "PutItem", Times: 1, Status: 503, Type: "ServiceUnavailable"},
		dynalite.Fault{Operation: "TransactGetItems", Times: 1, Status: 500, Type: "InternalServerError"},
		dynalite.Fault{Operation: "TransactGetItems", Times: 1, Lost: true},
	)
	store := open(t, e, table)
	if err := store.Write(context.Background(), state.Record{Name: state.Seal, Version: 1, Body: []byte("x")}); err != nil {
		t.Error(err)
	}
	if found, err := store.Read(context.Background()); err != nil || len(found) != 1 {
		t.Errorf("got %v, %v", found, err)
	}
	if n := e.Pending(); n != 0 {
		t.Errorf("%d faults did not happen", n)
	}
}

// Who gives up knows nothing, and says so.
func TestDeadlineLeavesTheOutcomeOpen(t *testing.T) {
	e, table := fresh(t)
	store := open(t, e, table)
	e.Inject(dynalite.Fault{Operation: "PutItem", Times: 100, Lost: true})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := store.Write(ctx, state.Record{Name: state.Seal, Version: 1, Body: []byte("x")})
	if !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "which may have happened") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	e, table := fresh(t)
	for text, fault := range map[string]dynalite.Fault{
		"the role lacks a permission":      {Operation: "DescribeTable", Times: 1, Status: 400, Type: "AccessDeniedException"},
		"the credentials are not accepted": {Operation: "DescribeTable", Times: 1, Status: 400, Type: "UnrecognizedClientException"},
		"there is no such table":           {Operation: "DescribeTable", Times: 1, Status: 400, Type: "ResourceNotFoundException"},
	} {
		e.Inject(fault)
		if _, err := opener(e, table)(context.Background()); !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), table) {
			t.Errorf("got %v, want %q", err, text)
		}
	}
	nowhere := e.Config()
	nowhere.Region = ""
	if _, err := dynamodb.Open(context.Background(), dynamodb.Config{AWS: nowhere, Table: table}); !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "set aws.region") {
		t.Errorf("no region: %v", err)
	}
}
