package dynamodb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/messages"
)

func TestFaultsThatPass(t *testing.T) {
	p := fresh(t)
	p.Inject(
		dynalite.Fault{Operation: "DescribeTable", Times: 1, Status: 500, Type: "InternalServerError"},
		dynalite.Fault{Operation: "GetItem", Times: 2, Status: 400, Type: "ThrottlingException"},
		dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true}, // of the mark
		dynalite.Fault{Operation: "TransactWriteItems", Times: 1, Status: 500, Type: "InternalServerError"},
		dynalite.Fault{Operation: "TransactWriteItems", Times: 1, Lost: true}, // of the first head
		dynalite.Fault{Operation: "PutItem", Times: 2, Status: 400, Type: "ProvisionedThroughputExceededException"},
		dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true}, // of the second vote
		dynalite.Fault{Operation: "PutItem", Times: 1, Status: 400, Type: "TransactionConflictException"},
		dynalite.Fault{Operation: "PutItem", Times: 1, Delay: 30 * time.Millisecond},
		dynalite.Fault{Operation: "UpdateItem", Times: 1, Lost: true},
	)
	store := open(t, p.config())
	for n := range uint64(4) {
		wantRules(t, verdicts(t, store, voteOf(keyOf(1), n, n+1, 1)), "")
	}
	if err := store.Probe(context.Background()); err != nil {
		t.Error(err)
	}
	if n := p.Pending(); n != 0 {
		t.Errorf("%d faults did not happen", n)
	}
	report, err := store.Verify(context.Background())
	if err != nil || report.Attestations != 4 || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// Whoever gives up knows nothing and signs nothing; whoever comes back is told what is on record.
func TestOutcomeThatStaysUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		fault    dynalite.Fault
		recorded bool
		why      string
	}{
		"the reply is lost": {dynalite.Fault{Lost: true}, true, "deadline exceeded"},
		"it is throttled":   {dynalite.Fault{Status: 400, Type: "ThrottlingException"}, false, "it is throttled"},
		"nothing comes":     {dynalite.Fault{Delay: time.Hour}, false, "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			p := fresh(t)
			store := open(t, p.config())
			verdicts(t, store, voteOf(keyOf(1), 0, 1, 1))
			c.fault.Operation, c.fault.Times = "PutItem", 1000
			p.Inject(c.fault)
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			recorded, err := store.Record(ctx, []messages.KeyDuty{voteOf(keyOf(1), 1, 2, 1)})
			if !errors.Is(err, messages.ErrStoreUnavailable) || recorded.Verdicts != nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, %v", recorded.Verdicts, err)
			}
			other := dynamodb.Config{AWS: server.Endpoint(t).Config(), Table: p.table} // faults belong to an endpoint
			rules := []string{"", eip3076.RuleDoubleVote}
			if c.recorded {
				rules = []string{eip3076.RuleDoubleVote, ""}
			}
			wantRules(t, verdicts(t, open(t, other), voteOf(keyOf(1), 1, 2, 2), voteOf(keyOf(1), 1, 2, 1)), rules...)
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	p := fresh(t)
	for text, fault := range map[string]dynalite.Fault{
		"the role lacks dynamodb:DescribeTable on arn:aws:dynamodb:eu-central-1:": {Operation: "DescribeTable", Times: 1, Status: 400, Type: "AccessDeniedException"},
		"the role lacks dynamodb:GetItem on arn:aws:dynamodb:":                    {Operation: "GetItem", Times: 1, Status: 400, Type: "AccessDeniedException"},
		"the role lacks dynamodb:PutItem on arn:aws:dynamodb:":                    {Operation: "PutItem", Times: 1, Status: 400, Type: "AccessDeniedException"},
		"the credentials are not accepted":                                        {Operation: "DescribeTable", Times: 1, Status: 400, Type: "UnrecognizedClientException"},
		"there is no such table":                                                  {Operation: "DescribeTable", Times: 1, Status: 400, Type: "ResourceNotFoundException"},
		"aws dynamodb create-table --table-name " + p.table:                       {Operation: "DescribeTable", Times: 1, Status: 400, Type: "ResourceNotFoundException"},
	} {
		p.Inject(fault)
		_, err := dynamodb.Open(context.Background(), p.config())
		if !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), p.table) {
			t.Errorf("got %v, want %q", err, text)
		}
	}
	store := open(t, p.config())
	p.Inject(dynalite.Fault{Operation: "TransactWriteItems", Times: 1, Status: 400, Type: "AccessDeniedException"})
	_, err := store.Record(context.Background(), []messages.KeyDuty{block(keyOf(1), 1, 1)})
	if err == nil || !strings.Contains(err.Error(), "the role lacks dynamodb:PutItem or dynamodb:UpdateItem on arn:aws:dynamodb:") {
		t.Errorf("a transaction: %v", err)
	}
	nowhere := p.config()
	nowhere.AWS.Region = ""
	if _, err := dynamodb.Open(context.Background(), nowhere); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "set aws.region") {
		t.Errorf("no region: %v", err)
	}
}
