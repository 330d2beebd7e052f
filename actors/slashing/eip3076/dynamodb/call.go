package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"containment-chamber/messages"
)

const (
	// attemptTimeout bounds one request. DynamoDB answers within some ten milliseconds.
	attemptTimeout = 2 * time.Second
	// callTimeout bounds all attempts at one request, where the caller's deadline is not nearer.
	callTimeout = 15 * time.Second
	// firstPause and lastPause are the ends between which the pauses between attempts double.
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
	// parallel is how many requests are under way at once.
	parallel = 32
)

// call makes attempts until one succeeds or fails for good, or the time is over. Its error is explained.
func (s *Store) call(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var before error // of the last attempt that was not cut short, which tells more than that the time is over
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := once(ctx, attempt)
		if err == nil || !transient(err) {
			return s.unavailable(err)
		}
		if ctx.Err() != nil && before != nil {
			return s.unavailable(errors.Join(ctx.Err(), before))
		}
		before = err
		select {
		case <-time.After(pause/2 + rand.N(pause/2)):
		case <-ctx.Done():
			return s.unavailable(errors.Join(ctx.Err(), err))
		}
	}
}

func once(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return attempt(ctx)
}

// each calls f for the numbers below n, some of them at once. It returns the first error.
func each(ctx context.Context, n int, f func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i := range n {
		g.Go(func() error { return f(ctx, i) })
	}
	return g.Wait()
}

// transient tells errors that pass: all that is not an answer of DynamoDB's, its own failures, throttling, and writes
// that met a transaction.
func transient(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, messages.ErrStoreUnavailable) || errors.Is(err, messages.ErrWrongNetwork) {
		return false
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		// A condition that does not hold is an answer, whatever else went wrong.
		return !refusedAt(cancelled, 0, len(cancelled.CancellationReasons)) && slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
			return slices.Contains([]string{"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}, aws.ToString(r.Code))
		})
	}
	return answer.ErrorCode() == "TransactionConflictException" ||
		retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// refusedAt says whether the condition of one of these writes of a transaction did not hold.
func refusedAt(c *types.TransactionCanceledException, from, to int) bool {
	to = min(to, len(c.CancellationReasons))
	return slices.ContainsFunc(c.CancellationReasons[min(from, to):to], func(r types.CancellationReason) bool {
		return aws.ToString(r.Code) == "ConditionalCheckFailed"
	})
}

// unavailable wraps an error of storage in the sentinel, with the table and what its owner can do.
func (s *Store) unavailable(err error) error {
	if err == nil || errors.Is(err, messages.ErrStoreUnavailable) || errors.Is(err, messages.ErrWrongNetwork) {
		return err
	}
	advice := s.advice(err)
	reason, _, _ := strings.Cut(advice, ": ")
	reason, _, _ = strings.Cut(reason, " on arn:")
	return messages.StoreFault{Reason: reason, Err: fmt.Errorf("%w: table %s: %s%w", messages.ErrStoreUnavailable, s.table, advice, err)}
}

func (s *Store) advice(err error) string {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return ""
	}
	switch answer.ErrorCode() {
	case "ResourceNotFoundException":
		return "there is no such table in this region and account: create it: aws dynamodb create-table --table-name " + s.table +
			" --attribute-definitions AttributeName=pk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH --billing-mode PAY_PER_REQUEST: "
	case "AccessDeniedException":
		return fmt.Sprintf("the role lacks dynamodb:%s on %s (it needs DescribeTable, GetItem, PutItem and UpdateItem): ", permission(err), s.arn)
	case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException":
		return "the credentials are not accepted: "
	case "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded":
		return "it is throttled: give it more capacity, or let it be billed by request: "
	}
	return ""
}

// permission names what IAM has refused: of a transaction, one of the writes that it is made of.
func permission(err error) string {
	var failed *smithy.OperationError
	switch {
	case !errors.As(err, &failed):
		return "an action"
	case failed.OperationName == "TransactWriteItems":
		return "PutItem or dynamodb:UpdateItem"
	}
	return failed.OperationName
}
