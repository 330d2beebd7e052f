package messages_test

import (
	"strings"
	"testing"

	"containment-chamber/messages"
)

//go:noinline
func withSecret(secret [8]byte, skip int) (byte, string) { return secret[0], messages.Stack(skip) }

func TestStack(t *testing.T) {
	_, stack := withSecret([8]byte{0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef}, 0)
	first, _, _ := strings.Cut(stack, "\n")
	if !strings.HasSuffix(first, ".withSecret") || !strings.Contains(stack, ".TestStack\n") || !strings.Contains(stack, "stack_test.go:") {
		t.Errorf("the stack is\n%s", stack)
	}
	if strings.Contains(stack, "efbeadde") || strings.Contains(stack, "0x") {
		t.Errorf("arguments in\n%s", stack)
	}
	if _, outer := withSecret([8]byte{}, 1); strings.Contains(outer, "withSecret") {
		t.Errorf("the skipped frame is in\n%s", outer)
	}
}
