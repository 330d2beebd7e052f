package main_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

// play is a real event of a chamber, and all that it moves.
type play struct {
	name string
	do   func(*theatre)
	// moved is how far the metrics of the chamber and of passphrases move; those that are not named stay.
	moved map[string]float64
	// called are calls of key-encryption keys that move; those that are not named, and fail, stay.
	called []string
	state  messages.SealState // afterwards
}

// theatre is a signer whose metrics are watched.
type theatre struct {
	custodians
	aws           *cloud
	tokens        map[string]string // for registration, by operator
	setup, manage string            // tokens
}

// rows are the metrics of the contract that a play may move, by name and labels.
func (s *theatre) rows() map[string]float64 {
	s.Helper()
	rows := map[string]float64{}
	for row, text := range s.signer.scrape(s.T) {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			s.Fatal(row, text)
		}
		rows[row] = value
	}
	return rows
}

// watched reports whether a row stays unless a play names it.
func watched(row string) bool {
	for _, prefix := range []string{"containment_chamber_", "containment_passphrase_", "containment_zxcvbn_estimate_duration_seconds_count"} {
		if strings.HasPrefix(row, prefix) {
			return !strings.HasPrefix(row, "containment_chamber_ceremony_lock_held")
		}
	}
	return strings.HasPrefix(row, "containment_kms_operations_total") && strings.Contains(row, `status="error"`)
}

// missing says what a play has not moved yet, or moved too far.
func (p play) missing(before, after map[string]float64) (complaints []string) {
	want := map[string]float64{fmt.Sprintf(`containment_signer_state{state=%q}`, p.state): 1}
	for _, state := range messages.SealStates() {
		row := fmt.Sprintf(`containment_signer_state{state=%q}`, state)
		if after[row] != want[row] {
			complaints = append(complaints, fmt.Sprintf("%s is %v", row, after[row]))
		}
	}
	called := map[string]bool{}
	for _, row := range p.called {
		called[row] = true
		if after[row] <= before[row] {
			complaints = append(complaints, row+" does not move")
		}
	}
	for row, by := range p.moved {
		if after[row]-before[row] != by {
			complaints = append(complaints, fmt.Sprintf("%s moves by %v, want %v", row, after[row]-before[row], by))
		}
	}
	for row, value := range after {
		if _, named := p.moved[row]; watched(row) && !named && !called[row] && value != before[row] {
			complaints = append(complaints, fmt.Sprintf("%s moves from %v to %v", row, before[row], value))
		}
	}
	return complaints
}

// show plays, and waits for what it moves.
func (s *theatre) show(p play) {
	s.Helper()
	before := s.rows()
	p.do(s)
	var complaints []string
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if complaints = p.missing(before, s.rows()); complaints == nil {
			return
		}
	}
	s.Fatalf("%s: %s", p.name, strings.Join(complaints, "\n"))
}

// TestMetricsOfCeremonies plays all that happens to a chamber, and compares what has moved in the metrics with what was to
// move, and nothing else.
func TestMetricsOfCeremonies(t *testing.T) {
	t.Parallel()
	s := &theatre{aws: newCloud(t, http.NotFoundHandler(), awsKeys...)}
	s.custodians = custodians{T: t, dir: t.TempDir(), env: awsCredentials()}
	s.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\n" + s.aws.settings())
	s.setup = s.read("setup.token")
	for _, act := range [][]play{foundation(), firstUnseal(), rotations(), closing()} {
		for _, p := range act {
			s.show(p)
		}
	}
	rows := s.rows()
	for _, action := range []string{"encrypt", "decrypt", "describe_key"} {
		calls := rows[fmt.Sprintf(ofKMS, action, "success")] + rows[fmt.Sprintf(ofKMS, action, "error")]
		if took := rows[fmt.Sprintf(`containment_kms_operation_duration_seconds_count{action=%q}`, action)]; took != calls || took == 0 {
			t.Errorf("%v times of %v calls (%s)", took, calls, action)
		}
	}
}
