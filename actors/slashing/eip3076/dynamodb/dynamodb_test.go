package dynamodb_test

import (
	"context"
	"encoding/binary"
	"flag"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/messages"
)

var server dynalite.Server

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "8") // the emulator answers more slowly than memory
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// place is a table, and a way around the store to it.
type place struct {
	*dynalite.Endpoint
	client *sdk.Client
	table  string
}

func fresh(t testing.TB) place {
	t.Helper()
	e := server.Endpoint(t)
	return place{e, sdk.NewFromConfig(e.Config()), e.Table(t)}
}

func (p place) config() dynamodb.Config { return dynamodb.Config{AWS: p.Config(), Table: p.table} }

func (p place) opener() storetest.Opener {
	return func(o storetest.Opening) (eip3076.Store, error) {
		cfg := p.config()
		cfg.GenesisValidatorsRoot, cfg.Marks, cfg.Witness = o.GenesisValidatorsRoot, o.Marks, o.Witness
		store, err := dynamodb.Open(context.Background(), cfg)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

func open(t testing.TB, cfg dynamodb.Config) *dynamodb.Store {
	t.Helper()
	store, err := dynamodb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestConformance(t *testing.T) {
	var at place // of the latest store; tests run one after another
	storetest.Run(t, storetest.Subject{
		Place: func(t *testing.T) storetest.Opener {
			at = fresh(t)
			return at.opener()
		},
		Shared: true,
		Break: func(t *testing.T, _ eip3076.Store) {
			if _, err := at.client.DeleteTable(context.Background(), &sdk.DeleteTableInput{TableName: &at.table}); err != nil {
				t.Fatal(err)
			}
		},
		Damage:   func(t *testing.T, _ eip3076.Store, d storetest.Damage) bool { return at.damage(t, d) },
		Snapshot: func(t *testing.T, _ eip3076.Store) func() { return at.snapshot(t) },
	})
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
func blob(b []byte) types.AttributeValue   { return &types.AttributeValueMemberB{Value: b} }

func (p place) get(t testing.TB, pk string) item {
	t.Helper()
	out, err := p.client.GetItem(context.Background(), &sdk.GetItemInput{TableName: &p.table, Key: item{"pk": text(pk)}, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

func (p place) put(t testing.TB, i item) {
	t.Helper()
	if _, err := p.client.PutItem(context.Background(), &sdk.PutItemInput{TableName: &p.table, Item: i}); err != nil {
		t.Fatal(err)
	}
}

func (p place) delete(t testing.TB, i item) {
	t.Helper()
	if _, err := p.client.DeleteItem(context.Background(), &sdk.DeleteItemInput{TableName: &p.table, Key: item{"pk": i["pk"]}}); err != nil {
		t.Fatal(err)
	}
}

func (p place) all(t testing.TB) []item {
	t.Helper()
	out, err := p.client.Scan(context.Background(), &sdk.ScanInput{TableName: &p.table, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

func (p place) snapshot(t *testing.T) func() {
	kept := p.all(t)
	return func() {
		for _, i := range p.all(t) {
			p.delete(t, i)
		}
		for _, i := range kept {
			p.put(t, i)
		}
	}
}

// damage edits the head of a validator. Its rows are in there, and have no marks of their own.
func (p place) damage(t *testing.T, d storetest.Damage) bool {
	head := p.get(t, headOf(d.Key))
	ofRow := d.Kind != eip3076.RowWatermark
	switch name := map[string]string{eip3076.RowBlock: "blocks", eip3076.RowAttestation: "votes", eip3076.RowWatermark: "body"}[d.Kind]; d.Harm {
	case storetest.Edited:
		body := head[name].(*types.AttributeValueMemberB).Value
		if ofRow {
			body[rootAt(t, body, d)+31] = 2
		} else {
			for n := range 3 {
				binary.BigEndian.PutUint64(body[8*n:], 1)
			}
		}
	case storetest.ShortRoot:
		if !ofRow {
			return false
		}
		body := head[name].(*types.AttributeValueMemberB)
		at := rootAt(t, body.Value, d)
		body.Value = append(body.Value[:at+3:at+3], body.Value[at+32:]...)
	case storetest.Unmarked:
		head["scheme"] = number("0")
		delete(head, "tag")
	case storetest.Foreign:
		head["scheme"] = number("7")
	case storetest.ShortMAC:
		head["tag"] = blob(head["tag"].(*types.AttributeValueMemberB).Value[:3])
	}
	if ofRow && d.Harm != storetest.Edited && d.Harm != storetest.ShortRoot {
		return false
	}
	p.put(t, head)
	return true
}

func headOf(key messages.PublicKey) string { return "head#" + key.String()[2:] }

// rootAt is where the root of a row begins.
func rootAt(t *testing.T, rows []byte, d storetest.Damage) int {
	t.Helper()
	numbers := 1
	if d.Kind == eip3076.RowAttestation {
		numbers = 2
	}
	for at := 8; at < len(rows); at += 8*numbers + 33 {
		if last := at + 8*numbers; binary.BigEndian.Uint64(rows[last-8:]) == d.At {
			return last + 1
		}
	}
	t.Fatalf("there is no row at %d", d.At)
	return 0
}
