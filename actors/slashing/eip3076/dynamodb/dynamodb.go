package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var _ eip3076.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Config says which history to open.
type Config struct {
	// AWS has the region, the credentials and perhaps another endpoint. Its retryer is not used.
	AWS aws.Config
	// Table is the table's name or ARN.
	Table string
	// GenesisValidatorsRoot is the chain's; zero when it is not known, so that the first duty decides.
	GenesisValidatorsRoot messages.Root
	// MustExist refuses to begin a history, for tools that work on one that is there.
	MustExist bool
	// Marks authenticates the heads; nil, or without a key, for none. Its key may come and go between calls.
	Marks *eip3076.Marker
	// Witness notices that the table went back in time; nil for none.
	Witness *eip3076.Witness
}

// Store is a history in a table of DynamoDB. Other stores may work on the same table.
type Store struct {
	// turn holds the token of whoever works with the fields below; its absence for good means that the store is closed.
	turn   chan struct{}
	client *dynamodb.Client
	cfg    Config
	table  string
	arn    string
	// chain is zero until the table belongs to one.
	chain messages.Root
	// known are the heads as this process has last seen them. Others may have written since: whoever writes says which
	// head must still be there, and whoever does not reads the head first.
	known map[messages.PublicKey]entry
	// halfway says that an import was broken off.
	halfway bool
	// roster are the validators on the pages that were read.
	roster []messages.PublicKey
	read   uint64
}

// Open looks at the table, and marks it as a history if it is empty. Every error is a [messages.ErrStoreUnavailable] or a [messages.ErrWrongNetwork], and says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{turn: make(chan struct{}, 1), cfg: cfg, table: cfg.Table, known: make(map[messages.PublicKey]entry)}
	s.arn = fmt.Sprintf("arn:aws:dynamodb:%s:*:table/%s", cfg.AWS.Region, cfg.Table)
	if cfg.AWS.Region == "" {
		return nil, s.final("no region is known: set aws.region")
	}
	s.client = dynamodb.NewFromConfig(cfg.AWS, options)
	if err := s.recognize(ctx); err != nil {
		return nil, err
	}
	last, err := s.get(ctx, pending)
	if err != nil {
		return nil, err
	}
	s.halfway = len(last) > 0 && !truthOf(last, "done")
	s.turn <- struct{}{}
	return s, nil
}

// options leaves retries to the store, and keeps as many connections as there are requests at once.
func options(o *dynamodb.Options) {
	o.Retryer = aws.NopRetryer{}
	if c, ok := o.HTTPClient.(*awshttp.BuildableClient); ok {
		o.HTTPClient = c.WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = parallel })
	}
}

// use runs f while nobody else uses the store.
func (s *Store) use(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return s.unavailable(err)
	}
	select {
	case _, open := <-s.turn:
		if !open {
			return s.unavailable(errClosed)
		}
		defer func() { s.turn <- struct{}{} }()
		return f()
	case <-ctx.Done():
		return s.unavailable(ctx.Err())
	}
}

// work runs f when no import is halfway: what was broken off is completed first. It is not when the store is opened, since
// the key of the marks may come later.
func (s *Store) work(ctx context.Context, f func() error) error {
	return s.use(ctx, func() error {
		if s.halfway {
			if err := s.resume(ctx); err != nil {
				return err
			}
			s.halfway = false
		}
		return f()
	})
}

// Probe implements [eip3076.Recorder]. It writes to the item that marks the table, if it still does.
func (s *Store) Probe(ctx context.Context) error {
	return s.use(ctx, func() error { return s.call(ctx, s.probe) })
}

// Close implements [eip3076.Recorder]. It waits for the call that is under way.
func (s *Store) Close() error {
	if _, open := <-s.turn; open {
		close(s.turn)
	}
	return nil
}
