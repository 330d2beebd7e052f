package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"containment-chamber/actors/state"
)

// transient tells errors that pass: all that is not an answer of DynamoDB's, its own failures, throttling, and
// transactions that met a write.
func transient(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
			return slices.Contains([]string{"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}, aws.ToString(r.Code))
		})
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// explain adds the table, what its owner can do, and the sentinel.
func (s *Store) explain(err error) error {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		switch refused.ErrorCode() {
		case "ResourceNotFoundException":
			err = fmt.Errorf("there is no such table in this region and account: create it with the partition key pk (S): %w", err)
		case "AccessDeniedException":
			err = fmt.Errorf("the role lacks a permission on it; it needs dynamodb:DescribeTable, GetItem, PutItem and, for the first start, Scan: %w", err)
		case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException":
			err = fmt.Errorf("the credentials are not accepted: %w", err)
		}
	}
	return state.At("table "+s.table, err)
}
