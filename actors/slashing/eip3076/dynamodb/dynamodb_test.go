package dynamodb_test

import (
	"context"
	"encoding/binary"
	"flag"
	"os"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
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
