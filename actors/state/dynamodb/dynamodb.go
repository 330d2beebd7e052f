// Package dynamodb keeps the signer state in a table of Amazon DynamoDB: a store for several replicas in AWS.
//
// # Guarantees
//
// Those of [state.Store], and: the table serves nothing else; every call ends within [state.CallTimeout], throttling and
// conflicts included.
//
// # The table
//
// It exists already, with the partition key pk (S) and no sort key. The first signer that finds it empty marks it with the
// item {pk: "chamber", kind: "signer_state", format: 1}; a table that holds anything and lacks that item is refused. The
// other items are the records: pk, version (N), ticket (B), body (B). Point-in-time recovery does no harm, but a table that
// went back in time is noticed by those who remember its versions only.
//
// # What the role needs
//
// On the table's ARN: dynamodb:DescribeTable, dynamodb:GetItem (which TransactGetItems needs as well), dynamodb:PutItem,
// and for the first start dynamodb:Scan.
//
// # Decisions
//
// A mark in the table tells ours from others, because a name in the configuration does not: whoever gives the table of the
// keys, or of the slashing-protection history, learns it at the start and not from a mess.
//
// Records are read by TransactGetItems: the only way to see several items as they were at one moment. It costs two read
// units for each 4 KB.
//
// Requests are repeated here and not by the SDK, which would hide that an answer got lost, so that a write that had
// succeeded would be taken for a conflict with itself.
package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/dynamotable"
	"containment-chamber/actors/state"
)

var _ state.Store = (*Store)(nil)

// attemptTimeout bounds one request. DynamoDB answers within some ten milliseconds.
const attemptTimeout = 2 * time.Second

// Config says which table.
type Config struct {
	// AWS has the region, the credentials and perhaps another endpoint. Its retryer is not used.
	AWS aws.Config
	// Table is the table's name or ARN.
	Table string
}

// Store is a signer state in a table of DynamoDB.
type Store struct {
	client *dynamodb.Client
	table  string
	remote state.Remote
}

// Open looks at the table, and marks it if it is empty. Its errors are [state.ErrUnavailable], [state.ErrForeign] and
// [state.ErrNewer]; each says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{table: cfg.Table}
	s.remote = state.Remote{AttemptTimeout: attemptTimeout, Transient: dynamotable.Transient, Explain: s.explain}
	if cfg.AWS.Region == "" {
		return nil, s.explain(errors.New("no region is known: set aws.region"))
	}
	s.client = dynamodb.NewFromConfig(cfg.AWS, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
	for _, step := range []func(context.Context) error{s.describe, s.recognize} {
		if err := s.remote.Call(ctx, step); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Read implements [state.Store].
func (s *Store) Read(ctx context.Context) ([]state.Record, error) {
	names := append([]string{marker}, state.Names()...)
	wanted := make([]types.TransactGetItem, len(names))
	for i, name := range names {
		wanted[i] = types.TransactGetItem{Get: &types.Get{TableName: &s.table, Key: key(name)}}
	}
	var found *dynamodb.TransactGetItemsOutput
	err := s.remote.Call(ctx, func(ctx context.Context) (err error) {
		found, err = s.client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: wanted})
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(found.Responses) != len(names) {
		return nil, s.explain(errors.New("the answer lacks items"))
	}
	if err := s.ours(found.Responses[0].Item); err != nil {
		return nil, s.explain(err)
	}
	var records []state.Record
	for i, response := range found.Responses[1:] {
		if len(response.Item) == 0 {
			continue
		}
		kept, body, err := decode(response.Item)
		if err != nil {
			return nil, s.explain(fmt.Errorf("%w: the item %s %w", state.ErrForeign, names[i+1], err))
		}
		records = append(records, state.Record{Name: names[i+1], Version: kept.Version, Body: body})
	}
	return records, nil
}

// Write implements [state.Store].
func (s *Store) Write(ctx context.Context, r state.Record) error {
	return s.remote.Write(ctx, r, s.swap)
}

// swap puts the record if it is the next version, and returns what is kept then.
func (s *Store) swap(ctx context.Context, r state.Record, ticket state.Ticket) (state.Kept, error) {
	put := &dynamodb.PutItemInput{
		TableName:                           &s.table,
		Item:                                encode(r, ticket),
		ConditionExpression:                 aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if r.Version > 1 {
		put.ConditionExpression = aws.String("#version = :previous")
		put.ExpressionAttributeNames = map[string]string{"#version": "version"}
		put.ExpressionAttributeValues = map[string]types.AttributeValue{":previous": number(r.Version - 1)}
	}
	_, err := s.client.PutItem(ctx, put)
	var refused *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return state.Kept{Version: r.Version, Ticket: ticket}, nil
	case !errors.As(err, &refused):
		return state.Kept{}, err
	case len(refused.Item) == 0:
		return state.Kept{}, nil // there is none
	}
	kept, _, err := decode(refused.Item)
	if err != nil {
		return state.Kept{}, fmt.Errorf("%w: the item %s %w", state.ErrForeign, r.Name, err)
	}
	return kept, nil
}

// Close implements [state.Store].
func (*Store) Close() error { return nil }

func key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: name}}
}

func number(n uint64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatUint(n, 10)}
}

func encode(r state.Record, ticket state.Ticket) map[string]types.AttributeValue {
	item := key(r.Name)
	item["version"] = number(r.Version)
	item["ticket"] = &types.AttributeValueMemberB{Value: ticket[:]}
	item["body"] = &types.AttributeValueMemberB{Value: r.Body}
	return item
}

var errDamaged = errors.New("is damaged: somebody has edited it, so put a backup in its place")

func decode(item map[string]types.AttributeValue) (state.Kept, []byte, error) {
	version, isNumber := item["version"].(*types.AttributeValueMemberN)
	ticket, hasTicket := item["ticket"].(*types.AttributeValueMemberB)
	body, hasBody := item["body"].(*types.AttributeValueMemberB)
	if !isNumber || !hasTicket || !hasBody || len(ticket.Value) != len(state.Ticket{}) {
		return state.Kept{}, nil, errDamaged
	}
	n, err := strconv.ParseUint(version.Value, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64 {
		return state.Kept{}, nil, errDamaged
	}
	return state.Kept{Version: n, Ticket: state.Ticket(ticket.Value)}, body.Value, nil
}
