package dynamodb

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"

	"containment-chamber/actors/state"
)

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
