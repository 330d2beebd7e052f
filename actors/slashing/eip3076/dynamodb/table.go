package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/messages"
)

// What the item that marks the table holds.
const (
	kind   = "anti_slashing"
	format = 1
)

// recognize refuses a table that is no history, another chain's, or a newer program's, and makes an empty one ours.
func (s *Store) recognize(ctx context.Context) error {
	var table *types.TableDescription
	err := s.call(ctx, func(ctx context.Context) (err error) {
		table, err = s.describe(ctx)
		return err
	})
	if err != nil {
		return err
	}
	s.arn = aws.ToString(table.TableArn)
	found, err := s.get(ctx, mark)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		if aws.ToInt64(table.ItemCount) > 0 {
			return s.foreign("it holds other items")
		}
		if s.cfg.MustExist {
			return s.final("there is no history in it: name the signer's table with anti_slashing.table")
		}
		if found, err = s.claim(ctx); err != nil {
			return err
		}
	}
	if err := s.ours(found); err != nil {
		return err
	}
	copy(s.chain[:], blobOf(found, "chain"))
	return s.pin(ctx, s.cfg.GenesisValidatorsRoot)
}

// describe refuses a table with another key, and waits for one that is being made.
func (s *Store) describe(ctx context.Context) (*types.TableDescription, error) {
	out, err := s.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &s.table})
	if err != nil {
		return nil, err
	}
	t := out.Table
	if len(t.KeySchema) != 1 || aws.ToString(t.KeySchema[0].AttributeName) != "pk" || !isText(t, "pk") {
		return nil, s.foreign("its key is not the partition key pk (S) alone")
	}
	if t.TableStatus != types.TableStatusActive && t.TableStatus != types.TableStatusUpdating {
		return nil, fmt.Errorf("its status is %s", t.TableStatus)
	}
	return t, nil
}

func isText(t *types.TableDescription, name string) bool {
	for _, d := range t.AttributeDefinitions {
		if aws.ToString(d.AttributeName) == name {
			return d.AttributeType == types.ScalarAttributeTypeS
		}
	}
	return false
}

func (s *Store) foreign(what string) error {
	return s.final("%s: name a table that was made for slashing protection", what)
}

// final is an error that trying again does not help.
func (s *Store) final(text string, args ...any) error {
	what := fmt.Sprintf(text, args...)
	reason, _, _ := strings.Cut(what, ` ("`) // what somebody else has written is not for everyone
	return messages.StoreFault{Reason: reason, Err: fmt.Errorf("%w: table %s: %s", messages.ErrStoreUnavailable, s.table, what)}
}

// claim marks the table. Of several replicas that do so one is first, and the others meet its mark.
func (s *Store) claim(ctx context.Context) (item, error) {
	i := keyed(mark)
	i["kind"], i["format"] = text(kind), number(format)
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)")})
		return err
	})
	var quicker *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &quicker) {
		return nil, err
	}
	return s.get(ctx, mark)
}

// ours refuses a table whose mark is missing, another part's, or a newer program's.
func (s *Store) ours(i item) error {
	n, ok := numberOf(i, "format")
	switch {
	case len(i) == 0:
		return s.final("its item %s is gone: somebody has emptied or replaced the table, so put a backup in its place", mark)
	case textOf(i, "kind") != kind || !ok:
		return s.foreign(fmt.Sprintf("it belongs to something else, as its item %s says (%.20q)", mark, textOf(i, "kind")))
	case n != format:
		return s.final("its format is %d, and this program knows %d: start the newer program that wrote it", n, format)
	}
	return nil
}

// probe writes to the mark, if it is there.
func (s *Store) probe(ctx context.Context) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: keyed(mark),
		UpdateExpression: aws.String("ADD probes :one"), ConditionExpression: aws.String("#kind = :kind AND #format = :format"),
		ExpressionAttributeNames:            map[string]string{"#kind": "kind", "#format": "format"},
		ExpressionAttributeValues:           item{":one": number(1), ":kind": text(kind), ":format": number(format)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return s.ours(refused.Item)
	}
	return err
}

// pin binds the table to a chain, unless it belongs to one; zero stands for none.
func (s *Store) pin(ctx context.Context, chain messages.Root) error {
	if !chain.IsZero() && s.chain.IsZero() {
		if err := s.claimChain(ctx, chain); err != nil {
			return err
		}
	}
	if !chain.IsZero() && s.chain != chain {
		return fmt.Errorf("%w: table %s belongs to the genesis validators root %v, not to %v", messages.ErrWrongNetwork, s.table, s.chain, chain)
	}
	return nil
}

// claimChain binds the table to a chain, or learns that another replica was quicker.
func (s *Store) claimChain(ctx context.Context, chain messages.Root) error {
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: keyed(mark),
			UpdateExpression: aws.String("SET chain = :chain"), ConditionExpression: aws.String("attribute_exists(pk) AND attribute_not_exists(chain)"),
			ExpressionAttributeValues: item{":chain": blob(chain[:])},
		})
		return err
	})
	var quicker *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &quicker) {
		return err
	}
	return s.learnChain(ctx)
}

// learnChain looks whether a table that belonged to no chain does now.
func (s *Store) learnChain(ctx context.Context) error {
	if !s.chain.IsZero() {
		return nil
	}
	found, err := s.get(ctx, mark)
	if err == nil {
		err = s.ours(found)
	}
	copy(s.chain[:], blobOf(found, "chain"))
	return err
}

// get reads one item as it is now; empty if there is none.
func (s *Store) get(ctx context.Context, pk string) (item, error) {
	var found item
	err := s.call(ctx, func(ctx context.Context) error {
		out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: keyed(pk), ConsistentRead: aws.Bool(true)})
		if err == nil {
			found = out.Item
		}
		return err
	})
	return found, err
}
