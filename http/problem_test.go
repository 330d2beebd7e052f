package http_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

var update = flag.Bool("update", false, "write the golden files")

// golden fails unless got is the content of the file in testdata; with -update it becomes the content.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs, run with -update if that is meant. got:\n%s\nwant:\n%s", name, got, want)
	}
}

var refusals = []struct {
	err    error
	status messages.SigningStatus
}{
	{fmt.Errorf("%w: type: unknown \"FOO\"", messages.ErrMalformed), messages.StatusInvalid},
	{fmt.Errorf("%w: claimed 0x01, computed 0x02", messages.ErrRootMismatch), messages.StatusRootMismatch},
	{fmt.Errorf("%w: request is for 0x01, configured is 0x02", messages.ErrWrongNetwork), messages.StatusWrongNetwork},
	{fmt.Errorf("%w: VOLUNTARY_EXIT is not allowed", messages.ErrForbidden), messages.StatusForbidden},
	{fmt.Errorf("%w: too_short: %w: at least 14 characters", messages.ErrPassphrase, messages.ErrMalformed), messages.StatusInvalid},
	{fmt.Errorf("%w: setup token", messages.ErrUnauthorized), messages.StatusForbidden},
	{fmt.Errorf("%w: operator alice", messages.ErrWrongCredential), messages.StatusForbidden},
	{messages.LockedOut{Operator: "alice", For: 90*time.Second + time.Millisecond}, messages.StatusForbidden},
	{fmt.Errorf("%w: the chamber is sealed", messages.ErrWrongState), messages.StatusError},
	{fmt.Errorf("%w: alice", messages.ErrShareRepeated), messages.StatusError},
	{fmt.Errorf("%w: init", messages.ErrGuardBusy), messages.StatusError},
	{fmt.Errorf("%w: it took longer than 180 s", messages.ErrFenced), messages.StatusError},
	{fmt.Errorf("%w: version 7 is there", messages.ErrConflict), messages.StatusError},
	{fmt.Errorf("%w: file:/etc/kek: denied", messages.ErrKMSRefused), messages.StatusError},
	{fmt.Errorf("%w: 1 of 2 answered", messages.ErrKMSUnavailable), messages.StatusError},
	{fmt.Errorf("%w: dial private", messages.ErrStateUnavailable), messages.StatusError},
	{fmt.Errorf("%w: %w: dial private", messages.ErrSealUnrecorded, messages.ErrStateUnavailable), messages.StatusError},
	{fmt.Errorf("%w: private", messages.ErrStateRefused), messages.StatusError},
	{fmt.Errorf("%w: private", messages.ErrAuditUnavailable), messages.StatusError},
	{fmt.Errorf("%w: 0x98", messages.ErrUnknownKey), messages.StatusUnknownKey},
	{fmt.Errorf("%w: double vote: target epoch 9 is signed with another root", messages.ErrSlashable), messages.StatusSlashing},
	{fmt.Errorf("%w: 2 of 3", messages.ErrSealed), messages.StatusSealed},
	{fmt.Errorf("%w: in queue for 31s", messages.ErrExpired), messages.StatusExpired},
	{fmt.Errorf("%w: worker-03", messages.ErrOverloaded), messages.StatusOverloaded},
	{fmt.Errorf("%w: signing", messages.ErrDraining), messages.StatusOverloaded},
	{fmt.Errorf("%w; ask again when it has ended", messages.ErrReloading), messages.StatusError},
	{fmt.Errorf("%w: signing", messages.ErrUnavailable), messages.StatusError},
	{fmt.Errorf("%w: worker-03", messages.ErrCrashed), messages.StatusError},
	{fmt.Errorf("%w: open /private/path: read-only", messages.ErrStoreUnavailable), messages.StatusError},
	{fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, context.DeadlineExceeded), messages.StatusError},
	{fmt.Errorf("ask: %w", context.DeadlineExceeded), messages.StatusExpired},
	{fmt.Errorf("ask: %w", context.Canceled), messages.StatusExpired},
	{errors.New("private text"), messages.StatusError},
}

// TestRefusals shows every sentinel as the client sees it.
func TestRefusals(t *testing.T) {
	var shown strings.Builder
	for _, refusal := range refusals {
		s := newSigner()
		s.config.Sign = func(context.Context, messages.Sign) (messages.Signed, error) {
			return messages.Signed{}, refusal.err
		}
		reply := s.call("POST", signPath, "{}", "X-Request-Id", "id-1", "Accept", "text/plain")
		fmt.Fprintf(&shown, "%s\n  %d retry-after=%q\n  %s", refusal.err, reply.Code, reply.Header().Get("Retry-After"), reply.Body)

		finished := observed[messages.SigningFinished](s)
		if len(finished) != 1 || finished[0].Status != refusal.status || !errors.Is(finished[0].Err, refusal.err) {
			t.Errorf("%v: finished %v, want %s", refusal.err, finished, refusal.status)
		}
		if len(s.errors) != 1 || s.errors[0] != reply.Code {
			t.Errorf("%v: observed %v", refusal.err, s.errors)
		}
		if strings.Contains(reply.Body.String(), "private") {
			t.Errorf("%v: the client is told %s", refusal.err, reply.Body)
		}
	}
	golden(t, "refusals.golden", shown.String())
}

// TestRefusalKeepsTheOperation: what Decode understood of a request that it refuses is on record.
func TestRefusalKeepsTheOperation(t *testing.T) {
	for _, path := range []string{signPath, batchPath} {
		s := newSigner()
		s.config.Decode = func([]byte) (messages.Duty, error) {
			return messages.Duty{Operation: messages.RandaoReveal}, messages.ErrWrongNetwork
		}
		expect(t, s.call("POST", path, batchBody(identifiers(keyHex))), 403, "wrong_network")
		finished := observed[messages.SigningFinished](s)
		if len(finished) != 1 || finished[0].Duty.Operation != messages.RandaoReveal {
			t.Errorf("%s: finished %v", path, finished)
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	s := newSigner()
	s.config.Decode = func(body []byte) (messages.Duty, error) {
		return messages.Duty{}, fmt.Errorf("%w: type: %s", messages.ErrMalformed, body)
	}
	message := expect(t, s.call("POST", signPath, strings.Repeat("ä", 1000)), 400, "malformed_request")
	if len(message) > 500 || strings.Contains(message, "\ufffd") {
		t.Errorf("%d bytes: %s", len(message), message)
	}
}
