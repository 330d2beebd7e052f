package dynamodb

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// create stores the first heads of validators, and a page of their keys with them: by the pages all validators are found.
func (s *Store) create(ctx context.Context, tasks []*task, heads map[*task]entry) error {
	for len(tasks) > 0 {
		n := fitting(tasks)
		outcome := s.createPage(ctx, tasks[:n], heads)
		if outcome != nil && !aboutOne(outcome) {
			return outcome
		}
		for _, t := range tasks[:n] {
			s.conclude(t, heads[t], outcome)
		}
		tasks = tasks[n:]
	}
	return nil
}

// fitting is how many of the tasks, but at least one, fit into a transaction with the registry and the page.
func fitting(tasks []*task) int {
	items := 2
	for n, t := range tasks {
		items += 1 + t.next.sealed
		if items > mostItems && n > 0 {
			return n
		}
	}
	return len(tasks)
}

func (s *Store) createPage(ctx context.Context, tasks []*task, heads map[*task]entry) error {
	pages, err := s.pages(ctx)
	if err != nil {
		return err
	}
	b := batch{guards: len(tasks) + 1}
	var rest []types.TransactWriteItem
	page := keyed(pageKey(pages))
	var keys []byte
	for _, t := range tasks {
		items := s.items(t, s.put(t, heads[t]))
		b.heads, b.writes, rest = append(b.heads, heads[t]), append(b.writes, items[0]), append(rest, items[1:]...)
		keys = append(keys, t.key[:]...)
	}
	page["keys"] = blob(keys)
	count := &types.Update{
		TableName: &s.table, Key: keyed(registry), UpdateExpression: aws.String("SET pages = :next"),
		ConditionExpression:       aws.String("attribute_not_exists(pk)"),
		ExpressionAttributeValues: item{":next": number(pages + 1)},
	}
	if pages > 0 {
		count.ConditionExpression = aws.String("pages = :now")
		count.ExpressionAttributeValues[":now"] = number(pages)
	}
	b.writes = append(b.writes, types.TransactWriteItem{Update: count}, types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: page}})
	b.writes = append(b.writes, rest...)
	return s.transact(ctx, b)
}

// pages is how many pages of keys there are.
func (s *Store) pages(ctx context.Context) (uint64, error) {
	found, err := s.get(ctx, registry)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	n, ok := numberOf(found, "pages")
	if !ok {
		return 0, s.final("its item %s is damaged: put a backup in its place", registry)
	}
	return n, nil
}

// keys lists every validator in the order of its key. Pages never change, so each is read once.
func (s *Store) keys(ctx context.Context) ([]messages.PublicKey, error) {
	n, err := s.pages(ctx)
	if err != nil || n == s.read {
		return s.roster, err
	}
	if n < s.read {
		s.roster, s.read = nil, 0 // the table went back in time
	}
	found := make([]item, n-s.read)
	err = each(ctx, len(found), func(ctx context.Context, i int) (err error) {
		found[i], err = s.get(ctx, pageKey(s.read+uint64(i)))
		return err
	})
	if err != nil {
		return nil, err
	}
	keys := slices.Clone(s.roster)
	for i, page := range found {
		text := blobOf(page, "keys")
		if len(text) == 0 || len(text)%len(messages.PublicKey{}) != 0 {
			return nil, s.final("its item %s is damaged: put a backup in its place", pageKey(s.read+uint64(i)))
		}
		for key := range slices.Chunk(text, len(messages.PublicKey{})) {
			keys = append(keys, messages.PublicKey(key))
		}
	}
	s.roster, s.read = eip3076.InOrder(keys), n
	return s.roster, nil
}

// follows returns the first validator after a key.
func (s *Store) follows(ctx context.Context, after messages.PublicKey) (eip3076.Step, error) {
	keys, err := s.keys(ctx)
	if err != nil {
		return eip3076.Step{}, err
	}
	return eip3076.StepAfter(keys, after), nil
}

// selected returns the named keys once each, or all of them, in ascending order.
func (s *Store) selected(ctx context.Context, named []messages.PublicKey) ([]messages.PublicKey, error) {
	if len(named) == 0 {
		return s.keys(ctx)
	}
	return eip3076.InOrder(named), nil
}
