package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSumCommits(t *testing.T) {
	const exposition = `# TYPE eth2_slashingprotection_database_duration summary
eth2_slashingprotection_database_duration{signingOperation="attestation",quantile="0.5"} 0.1
eth2_slashingprotection_database_duration_sum{signingOperation="attestation"} 7.5
eth2_slashingprotection_database_duration_count{signingOperation="attestation"} 41
eth2_slashingprotection_database_duration_count{signingOperation="block"} 1
other_count{a="b"} 9
`
	if got, known, err := sumCommits(strings.NewReader(exposition)); got != 42 || !known || err != nil {
		t.Errorf("%v, %v, %v, want 42 commits", got, known, err)
	}
	if _, known, err := sumCommits(strings.NewReader("other_count 9\n")); known || err != nil {
		t.Errorf("commits are known where they are not exported (%v)", err)
	}
	if _, _, err := sumCommits(strings.NewReader(commitMetric + "} many\n")); err == nil {
		t.Error("a value that is no number is understood")
	}
	if _, _, err := sumCommits(strings.NewReader(strings.Repeat("x", 1<<20))); err == nil {
		t.Error("an endless line is understood")
	}
}

func TestCommitsOf(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	if _, _, err := commitsOf(server.URL); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("404 is %v", err)
	}
	server.Close()
	if _, _, err := commitsOf(server.URL); err == nil {
		t.Error("a server that is gone has commits")
	}
}
