package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// commitMetric counts the commits of the slashing-protection store, by kind of duty; Web3Signer has the name too.
const commitMetric = "eth2_slashingprotection_database_duration_count{"

// scrapeTimeout is generous: a signer under load may take its time.
const scrapeTimeout = 10 * time.Second

// commitsOf asks a metrics endpoint how many commits there were. Known is false when it does not export the metric.
func commitsOf(url string) (commits float64, known bool, err error) {
	client := http.Client{Timeout: scrapeTimeout}
	reply, err := client.Get(url)
	if err != nil {
		return 0, false, fmt.Errorf("metrics of the server: %w", err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return 0, false, fmt.Errorf("metrics of the server: %s", reply.Status)
	}
	return sumCommits(reply.Body)
}

// sumCommits adds up the series of the metric in the text form of an exposition.
func sumCommits(exposition io.Reader) (commits float64, known bool, err error) {
	lines := bufio.NewScanner(exposition)
	for lines.Scan() {
		series, value, found := strings.Cut(lines.Text(), "} ")
		if !found || !strings.HasPrefix(series, commitMetric) {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, false, fmt.Errorf("metrics of the server: %w", err)
		}
		commits, known = commits+n, true
	}
	if err := lines.Err(); err != nil {
		return 0, false, fmt.Errorf("metrics of the server: %w", err)
	}
	return commits, known, nil
}
