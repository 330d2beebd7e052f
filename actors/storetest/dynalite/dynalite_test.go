package dynalite_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"containment-chamber/actors/storetest/dynalite"
)

var server dynalite.Server

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// place is a table, and what the SDK needs to use it.
type place struct {
	*dynalite.Endpoint
	client *dynamodb.Client
	table  *string
}

func fresh(t *testing.T) place {
	t.Helper()
	e := server.Endpoint(t)
	return place{e, dynamodb.NewFromConfig(e.Config(), func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }), aws.String(e.Table(t))}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func key(pk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": text(pk)}
}

// put is a write of one item, to be made only if there is none before.
func (p place) put(pk, value string) *types.Put {
	item := key(pk)
	item["value"] = text(value)
	return &types.Put{
		TableName: p.table, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

func (p place) putItem(pk, value string) error {
	w := p.put(pk, value)
	_, err := p.client.PutItem(context.Background(), &dynamodb.PutItemInput{
		TableName: w.TableName, Item: w.Item, ConditionExpression: w.ConditionExpression,
		ReturnValuesOnConditionCheckFailure: w.ReturnValuesOnConditionCheckFailure,
	})
	return err
}

func (p place) transact(token string, writes ...types.TransactWriteItem) error {
	_, err := p.client.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: writes, ClientRequestToken: &token})
	return err
}

// values reads items in one transaction; "" for none.
func (p place) values(t *testing.T, keys ...string) []string {
	t.Helper()
	in := &dynamodb.TransactGetItemsInput{}
	for _, pk := range keys {
		in.TransactItems = append(in.TransactItems, types.TransactGetItem{Get: &types.Get{TableName: p.table, Key: key(pk)}})
	}
	out, err := p.client.TransactGetItems(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, r := range out.Responses {
		value, _ := r.Item["value"].(*types.AttributeValueMemberS)
		if value == nil {
			value = &types.AttributeValueMemberS{}
		}
		values = append(values, value.Value)
	}
	return values
}

func (p place) expect(t *testing.T, want map[string]string) {
	t.Helper()
	for pk, value := range want {
		if got := p.values(t, pk)[0]; got != value {
			t.Errorf("%s: got %q, want %q", pk, got, value)
		}
	}
}

func TestRefusalShowsTheOldItem(t *testing.T) {
	p := fresh(t)
	if err := p.putItem("a", "first"); err != nil {
		t.Fatal(err)
	}
	var refused *types.ConditionalCheckFailedException
	if err := p.putItem("a", "second"); !errors.As(err, &refused) || refused.Item["value"].(*types.AttributeValueMemberS).Value != "first" {
		t.Errorf("got %v", err)
	}
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	p := fresh(t)
	if err := p.transact("1", types.TransactWriteItem{Put: p.put("a", "1")}, types.TransactWriteItem{Put: p.put("b", "1")}); err != nil {
		t.Fatal(err)
	}
	err := p.transact("2",
		types.TransactWriteItem{Delete: &types.Delete{TableName: p.table, Key: key("a")}},
		types.TransactWriteItem{Put: p.put("b", "2")},
		types.TransactWriteItem{Put: p.put("c", "2")},
		types.TransactWriteItem{Update: &types.Update{
			TableName: p.table, Key: key("d"), UpdateExpression: aws.String("SET #v = :v"),
			ExpressionAttributeNames: map[string]string{"#v": "value"}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": text("2")},
		}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != 4 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"None", "ConditionalCheckFailed", "None", "None"} {
		if got := aws.ToString(cancelled.CancellationReasons[i].Code); got != want {
			t.Errorf("reason %d: got %s, want %s", i, got, want)
		}
	}
	if old := cancelled.CancellationReasons[1].Item["value"].(*types.AttributeValueMemberS).Value; old != "1" {
		t.Errorf("the old item has %q", old)
	}
	p.expect(t, map[string]string{"a": "1", "b": "1", "c": "", "d": ""})
}

func TestConditionCheckChangesNothing(t *testing.T) {
	p := fresh(t)
	if err := p.putItem("a", "1"); err != nil {
		t.Fatal(err)
	}
	check := func(condition string) types.TransactWriteItem {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: p.table, Key: key("a"), ConditionExpression: &condition}}
	}
	if err := p.transact("1", check("attribute_exists(pk)"), types.TransactWriteItem{Put: p.put("b", "1")}); err != nil {
		t.Error(err)
	}
	if err := p.transact("2", check("attribute_not_exists(pk)"), types.TransactWriteItem{Put: p.put("c", "1")}); err == nil {
		t.Error("the condition does not hold, and the transaction succeeds")
	}
	p.expect(t, map[string]string{"a": "1", "b": "1", "c": ""})
}

func TestTransactionIsIdempotentByItsToken(t *testing.T) {
	p := fresh(t)
	p.Inject(dynalite.Fault{Operation: "TransactWriteItems", Times: 1, Lost: true})
	write := types.TransactWriteItem{Put: p.put("a", "1")}
	if err := p.transact("token", write); err == nil {
		t.Error("the answer was not lost")
	}
	if err := p.transact("token", write); err != nil {
		t.Errorf("asked again: %v", err)
	}
	if err := p.transact("another", write); err == nil {
		t.Error("another transaction succeeds as well")
	}
}

func TestTransactionMeetsEachItemOnce(t *testing.T) {
	p := fresh(t)
	err := p.transact("1", types.TransactWriteItem{Put: p.put("a", "1")}, types.TransactWriteItem{Delete: &types.Delete{TableName: p.table, Key: key("a")}})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "ValidationException" {
		t.Errorf("got %v", err)
	}
}

func TestFaults(t *testing.T) {
	p := fresh(t)
	p.Inject(dynalite.Fault{Operation: "PutItem", Times: 2, Status: 400, Type: "ThrottlingException"}, dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true})
	for range 2 {
		var refused smithy.APIError
		if err := p.putItem("a", "1"); !errors.As(err, &refused) || refused.ErrorCode() != "ThrottlingException" {
			t.Errorf("throttled: %v", err)
		}
		p.expect(t, map[string]string{"a": ""})
	}
	var refused smithy.APIError
	if err := p.putItem("a", "1"); err == nil || errors.As(err, &refused) {
		t.Errorf("lost: %v", err)
	}
	p.expect(t, map[string]string{"a": "1"})
	if n := p.Pending(); n != 0 {
		t.Errorf("%d faults are left", n)
	}
	p.Inject(dynalite.Fault{Times: 1, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.client.ListTables(ctx, &dynamodb.ListTablesInput{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("delayed: %v", err)
	}
}
