package dynamotable_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"containment-chamber/actors/dynamotable"
)

func coded(code string) error { return &smithy.GenericAPIError{Code: code} }

func cancelled(codes ...string) *types.TransactionCanceledException {
	e := &types.TransactionCanceledException{}
	for _, code := range codes {
		e.CancellationReasons = append(e.CancellationReasons, types.CancellationReason{Code: &code})
	}
	return e
}

func TestTransient(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{io.ErrUnexpectedEOF, true},
		{context.DeadlineExceeded, true},
		{context.Canceled, false},
		{coded("ThrottlingException"), true},
		{coded("ProvisionedThroughputExceededException"), true},
		{coded("TransactionConflictException"), true},
		{coded("TransactionInProgressException"), true},
		{&types.InternalServerError{}, true},
		{coded("AccessDeniedException"), false},
		{coded("ResourceNotFoundException"), false},
		{&types.ConditionalCheckFailedException{}, false},
		{cancelled("None", "TransactionConflict"), true},
		{cancelled("ThrottlingError"), true},
		{cancelled("ProvisionedThroughputExceeded", "None"), true},
		{cancelled("ConditionalCheckFailed", "TransactionConflict"), false},
		{cancelled("ValidationError"), false},
		{cancelled(), false},
	} {
		if got := dynamotable.Transient(fmt.Errorf("wrapped: %w", test.err)); got != test.want {
			t.Errorf("%v: %v", test.err, got)
		}
	}
	if dynamotable.Transient(errors.Join(context.Canceled, coded("ThrottlingException"))) {
		t.Error("who has left asks again")
	}
}

func TestRefused(t *testing.T) {
	parts := cancelled("None", "ConditionalCheckFailed").CancellationReasons
	if !dynamotable.Refused(parts) || dynamotable.Refused(parts[:1]) || dynamotable.Refused(nil) {
		t.Error("a condition that did not hold is taken for one that did, or the other way round")
	}
}
