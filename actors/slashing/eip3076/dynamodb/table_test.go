package dynamodb_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/messages"
)

func TestForeignTableIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		held item
		want string
	}{
		"other items":       {item{"pk": text("somebody")}, "it holds other items"},
		"the signer state":  {item{"pk": text("chamber"), "kind": text("signer_state"), "format": number("1")}, `"signer_state"`},
		"another program":   {item{"pk": text("chamber")}, "belongs to something else"},
		"of a newer signer": {item{"pk": text("chamber"), "kind": text("anti_slashing"), "format": number("2")}, "start the newer program"},
	} {
		t.Run(name, func(t *testing.T) {
			p := fresh(t)
			p.put(t, c.held)
			p.spy.counted = true
			_, err := dynamodb.Open(context.Background(), p.config())
			if !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			var fault messages.StoreFault // health shows its reason to everyone
			if !errors.As(err, &fault) || fault.Reason == "" || strings.Contains(fault.Reason, "signer_state") || strings.Contains(fault.Reason, p.table) {
				t.Errorf("the reason is %q", fault.Reason)
			}
		})
	}
}

func TestTableWithAnotherKeyIsRefused(t *testing.T) {
	p := fresh(t)
	p.table = "other-key-of-history"
	_, err := p.client.CreateTable(context.Background(), &sdk.CreateTableInput{
		TableName: &p.table, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}, {AttributeName: aws.String("sk"), AttributeType: "S"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dynamodb.Open(context.Background(), p.config()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "its key is not") {
		t.Errorf("got %v", err)
	}
}

func TestToolsDoNotBeginAHistory(t *testing.T) {
	p := fresh(t)
	cfg := p.config()
	cfg.MustExist = true
	if _, err := dynamodb.Open(context.Background(), cfg); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "no history in it") {
		t.Errorf("got %v", err)
	}
	open(t, p.config())
	open(t, cfg)
}

func TestTableThatIsEmptiedIsNoticed(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	p.delete(t, item{"pk": text("chamber")})
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "emptied or replaced") {
		t.Errorf("got %v", err)
	}
}

func TestReplicasStartTogether(t *testing.T) {
	p := fresh(t)
	outcomes := make(chan error)
	for n := range 8 {
		go func() {
			store, err := dynamodb.Open(context.Background(), p.config())
			if err == nil {
				recorded, failed := store.Record(context.Background(), []messages.KeyDuty{block(keyOf(byte(n)), 1, 1)})
				if err = failed; err == nil {
					err = recorded.Verdicts[0]
				}
			}
			outcomes <- err
		}()
	}
	for range 8 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
}

// Two replicas that know no chain begin with different ones: one of them is first.
func TestChainIsWhoeverWasFirst(t *testing.T) {
	p := fresh(t)
	one, other := open(t, p.config()), open(t, p.config())
	if v := verdicts(t, one, block(keyOf(1), 1, 1)); v[0] != nil {
		t.Fatal(v)
	}
	foreign := block(keyOf(1), 2, 1)
	foreign.Duty.GenesisValidatorsRoot = messages.Root{9}
	v := verdicts(t, other, foreign, block(keyOf(1), 2, 1))
	if !errors.Is(v[0], messages.ErrWrongNetwork) || v[1] != nil {
		t.Errorf("got %v", v)
	}
	cfg := p.config()
	cfg.GenesisValidatorsRoot = messages.Root{9}
	if _, err := dynamodb.Open(context.Background(), cfg); !errors.Is(err, messages.ErrWrongNetwork) {
		t.Errorf("got %v", err)
	}
}
