package kek

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// failed wraps what went wrong in the sentinel that says what to do about it.
func (k awsKey) failed(err error) error { return fmt.Errorf("%s: %w: %w", k.arn, sentinel(err), err) }

// sentinel sorts errors of the SDK. What nobody answered is unavailable, and what KMS refused without a better reason is
// denied.
func sentinel(err error) error {
	var refusal smithy.APIError
	if errors.As(err, &refusal) {
		return refused(err, refusal)
	}
	var garbled *smithy.DeserializationError
	var network net.Error
	if errors.As(err, &garbled) && !errors.As(err, &network) && !mayPass(err) {
		return ErrRejected
	}
	return ErrUnavailable
}

func refused(err error, refusal smithy.APIError) error {
	_, throttled := retry.DefaultThrottleErrorCodes[refusal.ErrorCode()]
	_, retryable := retry.DefaultRetryableErrorCodes[refusal.ErrorCode()]
	if throttled || retryable || refusal.ErrorFault() == smithy.FaultServer || mayPass(err) {
		return ErrUnavailable
	}
	switch refusal.ErrorCode() {
	case "InvalidCiphertextException", "IncorrectKeyException", "ValidationException", "SerializationException":
		return ErrRejected
	}
	return ErrDenied
}

// mayPass tells whether the status says that the server is at fault, or too busy.
func mayPass(err error) bool {
	var response *awshttp.ResponseError
	return errors.As(err, &response) &&
		(response.HTTPStatusCode() >= http.StatusInternalServerError || response.HTTPStatusCode() == http.StatusTooManyRequests)
}
