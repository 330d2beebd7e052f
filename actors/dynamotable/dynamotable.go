// Package dynamotable is what all stores in tables of Amazon DynamoDB share: which errors of a request pass.
//
// # Decisions
//
// Requests are repeated by the stores and not by the SDK, which would hide that an answer got lost. So they say themselves
// what is worth another attempt, and both in the same way.
package dynamotable

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// Transient tells errors that pass: all that is no answer of DynamoDB's, its own failures, throttling, and requests that met
// somebody else's.
func Transient(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return !Refused(cancelled.CancellationReasons) && slices.ContainsFunc(cancelled.CancellationReasons, passes)
	}
	return answer.ErrorFault() == smithy.FaultServer || answer.ErrorCode() == "TransactionConflictException" ||
		retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

func passes(r types.CancellationReason) bool {
	return slices.Contains([]string{"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}, aws.ToString(r.Code))
}

// Refused reports whether the condition of one of these parts of a transaction did not hold. That is an answer, whatever else
// went wrong.
func Refused(parts []types.CancellationReason) bool {
	return slices.ContainsFunc(parts, func(r types.CancellationReason) bool {
		return aws.ToString(r.Code) == "ConditionalCheckFailed"
	})
}
