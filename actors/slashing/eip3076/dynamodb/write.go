package dynamodb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/dynamotable"
	"containment-chamber/messages"
)

// expiry is how long an item stays that nobody reads any more. A store that has just read a head may still want it.
const expiry = 24 * time.Hour

// mostItems is how many items DynamoDB takes into one transaction.
const mostItems = 100

// errMet says that the head is not the one that was expected: another store has written.
var errMet = errors.New("another store has written meanwhile")

// write stores what the tasks have decided.
func (s *Store) write(ctx context.Context, tasks []*task) error {
	var created, changed []*task
	heads := map[*task]entry{}
	for _, t := range tasks {
		switch {
		case t.done || t.next == nil:
		case !t.entry.stored:
			created = append(created, t)
		default:
			changed = append(changed, t)
		}
		if t.next == nil {
			continue
		}
		heads[t] = newEntry(t.key, t.next.document, s.cfg.Marks.Now())
		if t.entry.stored && heads[t].scheme != t.entry.scheme && !t.next.remarked {
			return s.final("the key of its marks has come or gone while it was open")
		}
	}
	outcomes := make([]error, len(changed))
	err := each(ctx, len(changed), func(ctx context.Context, i int) error {
		outcomes[i] = s.change(ctx, changed[i], heads[changed[i]])
		if aboutOne(outcomes[i]) {
			return nil
		}
		return outcomes[i]
	})
	if err != nil {
		return err
	}
	for i, t := range changed {
		s.conclude(t, heads[t], outcomes[i])
	}
	return s.create(ctx, created, heads)
}

// aboutOne says whether a write failed for a reason that concerns no other validator.
func aboutOne(outcome error) bool {
	return errors.Is(outcome, errMet) || errors.Is(outcome, messages.ErrStoreRegressed)
}

// conclude ends a task that was written, or lets it begin again.
func (s *Store) conclude(t *task, head entry, outcome error) {
	switch {
	case errors.Is(outcome, errMet):
		s.forget(t)
	case outcome != nil:
		s.forget(t)
		t.end(outcome)
	default:
		s.known[t.key] = head
		t.end(t.witness.See(t.key, head.Reach()))
	}
}

// change replaces a head, if it is still the one that the task has seen. A head that is there already was written by
// an attempt whose answer got lost, or by another store that recorded the very same.
func (s *Store) change(ctx context.Context, t *task, head entry) error {
	put := s.put(t, head)
	if t.next.sealed+len(t.next.dropped) > 0 {
		return s.transact(ctx, batch{heads: []entry{head}, guards: 1, writes: s.items(t, put)})
	}
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: put.TableName, Item: put.Item, ConditionExpression: put.ConditionExpression,
			ExpressionAttributeValues:           put.ExpressionAttributeValues,
			ReturnValuesOnConditionCheckFailure: put.ReturnValuesOnConditionCheckFailure,
		})
		return err
	})
	var refused *types.ConditionalCheckFailedException
	switch {
	case !errors.As(err, &refused):
		return err
	case head.is(refused.Item):
		return nil
	}
	return errMet
}

// put is the write of a head.
func (s *Store) put(t *task, head entry) *types.Put {
	put := &types.Put{
		TableName: &s.table, Item: head.item(t.key), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if t.entry.stored {
		text, values := t.entry.condition()
		put.ConditionExpression, put.ExpressionAttributeValues = &text, values
	}
	return put
}

// items are all writes of a task: its head, the bundles that were sealed, and those that are to disappear.
func (s *Store) items(t *task, head *types.Put) []types.TransactWriteItem {
	list := []types.TransactWriteItem{{Put: head}}
	for i := range t.next.sealed {
		number := t.next.older.next - 1 - uint64(i)
		bundle := t.next.read[i].item(bundleKey(t.key, number))
		list = append(list, types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: bundle, ConditionExpression: aws.String("attribute_not_exists(pk)")}})
	}
	expires := number(uint64(time.Now().Add(expiry).Unix()))
	for _, n := range t.next.dropped {
		list = append(list, types.TransactWriteItem{Update: &types.Update{
			TableName: &s.table, Key: keyed(bundleKey(t.key, n)),
			UpdateExpression: aws.String("SET expires_at = :at"), ExpressionAttributeValues: item{":at": expires},
		}})
	}
	return list
}

// batch is what is written together. Its first writes are those of the heads, and each of the first guards writes has a
// condition that another store's write can break.
type batch struct {
	heads  []entry
	guards int
	writes []types.TransactWriteItem
}

// transact makes the writes of a batch, or none.
func (s *Store) transact(ctx context.Context, b batch) error {
	request := &dynamodb.TransactWriteItemsInput{TransactItems: b.writes, ClientRequestToken: aws.String(rand.Text())}
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.TransactWriteItems(ctx, request)
		return err
	})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return err
	}
	reasons := cancelled.CancellationReasons
	guards := min(b.guards, len(reasons))
	switch {
	case dynamotable.Refused(reasons[:guards]):
		for i, head := range b.heads {
			if !head.is(reasons[i].Item) {
				return errMet
			}
		}
		return nil
	case dynamotable.Refused(reasons[guards:]):
		return fmt.Errorf("%w: a validator has rows that its head does not know: put a complete backup of the table in its place", messages.ErrStoreRegressed)
	}
	return err
}
