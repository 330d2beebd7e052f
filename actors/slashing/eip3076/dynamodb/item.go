package dynamodb

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/messages"
)

// item is what the table holds under one key.
type item = map[string]types.AttributeValue

// The keys of items.
const (
	mark     = "chamber" // says whose table this is, as in the table of the signer state
	registry = "keys"    // counts the pages of public keys
	pending  = "import"  // the last import
)

func headKey(key messages.PublicKey) string { return "head#" + hex.EncodeToString(key[:]) }

func bundleKey(key messages.PublicKey, number uint64) string {
	return fmt.Sprintf("rows#%x#%d", key[:], number)
}

func pageKey(number uint64) string { return fmt.Sprintf("keys#%d", number) }

func stagedKey(id string, number uint64) string { return fmt.Sprintf("import#%s#%d", id, number) }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }
func truth(b bool) types.AttributeValue  { return &types.AttributeValueMemberBOOL{Value: b} }
func keyed(pk string) item               { return item{"pk": text(pk)} }
func number(n uint64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatUint(n, 10)}
}

func textOf(i item, name string) string {
	s, _ := i[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func blobOf(i item, name string) []byte {
	b, _ := i[name].(*types.AttributeValueMemberB)
	if b == nil {
		return nil
	}
	return b.Value
}

func truthOf(i item, name string) bool {
	b, _ := i[name].(*types.AttributeValueMemberBOOL)
	return b != nil && b.Value
}

// numberOf reads a number; false if there is none.
func numberOf(i item, name string) (uint64, bool) {
	n, isNumber := i[name].(*types.AttributeValueMemberN)
	if !isNumber {
		return 0, false
	}
	v, err := strconv.ParseUint(n.Value, 10, 64)
	return v, err == nil
}
