package dynamodb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	// roomInStaged is how many rows of a file a staged item holds: 98 KB.
	roomInStaged = 2000
	// stagedFor is how long staged items stay: long enough to complete an import that was broken off.
	stagedFor = 365 * 24 * time.Hour
)

// staged is a file in the table that nobody has to know of yet.
type staged struct {
	id     string
	length uint64
	// keys are those of the file in the order of their first appearance, and items the numbers of what is staged of each.
	keys  []messages.PublicKey
	items map[messages.PublicKey][]uint64
}

func (f *staged) add(key messages.PublicKey) {
	if f.items[key] == nil {
		f.keys = append(f.keys, key)
	}
	f.items[key] = append(f.items[key], f.length)
	f.length++
}

// stage writes the rows of a file to the table, and returns the file's chain.
func (s *Store) stage(ctx context.Context, file io.Reader) (*staged, messages.Root, error) {
	f := &staged{id: rand.Text(), items: map[messages.PublicKey][]uint64{}}
	expires := number(uint64(time.Now().Add(stagedFor).Unix()))
	var waiting []item
	flush := func() error {
		defer func() { waiting = nil }()
		return each(ctx, len(waiting), func(ctx context.Context, i int) error { return s.putStaged(ctx, waiting[i]) })
	}
	root, err := eip3076.Decode(file, func(h eip3076.History) error {
		for first := true; first || len(h.Blocks)+len(h.Attestations) > 0; first = false {
			part := rows{blocks: h.Blocks[:min(len(h.Blocks), roomInStaged)]}
			part.votes = h.Attestations[:min(len(h.Attestations), roomInStaged-len(part.blocks))]
			h.Blocks, h.Attestations = h.Blocks[len(part.blocks):], h.Attestations[len(part.votes):]
			i := keyed(stagedKey(f.id, f.length))
			blocks, votes := part.encode()
			i["key"], i["blocks"], i["votes"], i["expires_at"] = blob(h.Key[:]), blob(blocks), blob(votes), expires
			f.add(h.Key)
			if waiting = append(waiting, i); len(waiting) == parallel {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return f, root, err
}

func (s *Store) putStaged(ctx context.Context, i item) error {
	return s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: i})
		return err
	})
}

// commit lets the file be part of the history from now on: whoever opens the table completes what is not in place.
func (s *Store) commit(ctx context.Context, f *staged) error {
	i := keyed(pending)
	i["id"], i["items"], i["applied"], i["done"] = text(f.id), number(f.length), number(0), truth(false)
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &s.table, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk) OR done = :true"),
			ExpressionAttributeValues:           item{":true": truth(true)},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		return err
	})
	var refused *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &refused):
		return fmt.Errorf("%w, if the last write has arrived: %w", ErrUnfinished, err)
	case textOf(refused.Item, "id") == f.id:
		return nil // an attempt whose answer got lost
	}
	return s.final("another import is under way: wait until it has ended")
}

// progress remembers that so many keys of an import are in place, or all.
func (s *Store) progress(ctx context.Context, f *staged, keys int) error {
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: keyed(pending), UpdateExpression: aws.String("SET applied = :keys, done = :done"),
			ConditionExpression:       aws.String("id = :id AND applied < :keys"),
			ExpressionAttributeValues: item{":keys": number(uint64(keys)), ":done": truth(keys == len(f.keys)), ":id": text(f.id)},
		})
		return err
	})
	var further *types.ConditionalCheckFailedException
	if errors.As(err, &further) {
		return nil // somebody else works on it too, or it was this attempt's answer that got lost
	}
	return err
}

// unfinished returns the import that was broken off, and how many of its keys are in place; nil if there is none.
func (s *Store) unfinished(ctx context.Context) (*staged, int, error) {
	last, err := s.get(ctx, pending)
	if err != nil || len(last) == 0 || truthOf(last, "done") {
		return nil, 0, err
	}
	length, ok := numberOf(last, "items")
	applied, counted := numberOf(last, "applied")
	if !ok || !counted {
		return nil, 0, s.final("its item %s is damaged: put a backup in its place", pending)
	}
	f := &staged{id: textOf(last, "id"), items: map[messages.PublicKey][]uint64{}}
	for f.length < length {
		found := make([]item, min(parallel, length-f.length))
		err := each(ctx, len(found), func(ctx context.Context, i int) (err error) {
			found[i], err = s.get(ctx, stagedKey(f.id, f.length+uint64(i)))
			return err
		})
		if err != nil {
			return nil, 0, err
		}
		for _, i := range found {
			key := blobOf(i, "key")
			if len(key) != len(messages.PublicKey{}) {
				return nil, 0, s.final("an import was broken off, and the item %s that it needs is gone or damaged: put a backup in its place", stagedKey(f.id, f.length))
			}
			f.add(messages.PublicKey(key))
		}
	}
	return f, int(min(applied, uint64(len(f.keys)))), nil
}

// facts returns what is staged of a key.
func (s *Store) facts(ctx context.Context, f *staged, key messages.PublicKey) (rows, error) {
	var all rows
	for _, n := range f.items[key] {
		found, err := s.get(ctx, stagedKey(f.id, n))
		if err != nil {
			return rows{}, err
		}
		part, _, err := decodeRows(blobOf(found, "blocks"), blobOf(found, "votes"))
		if err != nil {
			return rows{}, s.final("the item %s of an import is gone or damaged: put a backup in its place", stagedKey(f.id, n))
		}
		all.blocks = append(all.blocks, part.blocks...)
		all.votes = append(all.votes, part.votes...)
	}
	return all, nil
}
