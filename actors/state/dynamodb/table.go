package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/state"
)

// What the item that marks the table holds.
const (
	marker = "chamber"
	kind   = "signer_state"
	format = 1
)

// describe refuses a table with another key, and waits for one that is being made.
func (s *Store) describe(ctx context.Context) error {
	out, err := s.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &s.table})
	if err != nil {
		return err
	}
	t := out.Table
	if len(t.KeySchema) != 1 || aws.ToString(t.KeySchema[0].AttributeName) != "pk" || !isText(t, "pk") {
		return fmt.Errorf("%w: its key is not the partition key pk (S) alone: name a table that was made for the signer state", state.ErrForeign)
	}
	if t.TableStatus != types.TableStatusActive && t.TableStatus != types.TableStatusUpdating {
		return fmt.Errorf("its status is %s", t.TableStatus)
	}
	return nil
}

func isText(t *types.TableDescription, name string) bool {
	for _, d := range t.AttributeDefinitions {
		if aws.ToString(d.AttributeName) == name {
			return d.AttributeType == types.ScalarAttributeTypeS
		}
	}
	return false
}

// recognize looks for the mark, and makes it in a table that is empty. Of several replicas that do so one is first, and
// the others meet its mark.
func (s *Store) recognize(ctx context.Context) error {
	item, err := s.mark(ctx)
	if err != nil {
		return err
	}
	if len(item) == 0 {
		if err := s.claim(ctx); err != nil {
			return err
		}
		if item, err = s.mark(ctx); err != nil {
			return err
		}
	}
	return s.ours(item)
}

func (s *Store) mark(ctx context.Context) (map[string]types.AttributeValue, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key(marker), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// claim marks the table, if it is empty.
func (s *Store) claim(ctx context.Context) error {
	page, err := s.client.Scan(ctx, &dynamodb.ScanInput{TableName: &s.table, Limit: aws.Int32(1), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	if len(page.Items) > 0 {
		if pk, ok := page.Items[0]["pk"].(*types.AttributeValueMemberS); ok && pk.Value == marker {
			return nil // another replica was quicker
		}
		return fmt.Errorf("%w: it holds other items: name a table of its own", state.ErrForeign)
	}
	item := key(marker)
	item["kind"] = &types.AttributeValueMemberS{Value: kind}
	item["format"] = number(format)
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)")})
	var quicker *types.ConditionalCheckFailedException
	if errors.As(err, &quicker) {
		return nil
	}
	return err
}

// ours refuses a table whose mark is missing, another part's, or a newer program's.
func (s *Store) ours(item map[string]types.AttributeValue) error {
	k, isText := item["kind"].(*types.AttributeValueMemberS)
	f, isNumber := item["format"].(*types.AttributeValueMemberN)
	switch {
	case len(item) == 0:
		return fmt.Errorf("%w: its item %s is gone: somebody has emptied or replaced the table, so put a backup in its place", state.ErrForeign, marker)
	case !isText || k.Value != kind || !isNumber:
		return fmt.Errorf("%w: its item %s belongs to another program: name a table of its own", state.ErrForeign, marker)
	}
	if n, err := strconv.ParseUint(f.Value, 10, 32); err != nil || n != format {
		return fmt.Errorf("%w: its format is not %d: start the newer program that wrote it", state.ErrNewer, format)
	}
	return nil
}
