package main_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/actors/storetest/postgres"
)

// onPostgres shares a server that nobody else uses, because it crashes.
func onPostgres(t *testing.T) sharedStore {
	t.Helper()
	server := &postgres.Server{}
	t.Cleanup(server.Stop)
	url := server.Database(t)
	ways := [2]*postgres.Proxy{postgres.NewProxy(t, url), postgres.NewProxy(t, url)}
	return sharedStore{
		flags: func(twin int) []string {
			return []string{"--anti-slashing-backend=postgres", "--anti-slashing-url=" + ways[twin].URL}
		},
		harm: []func(int){
			func(twin int) { ways[twin].Cut() },
			func(twin int) { ways[twin].LoseAnswer(rand.IntN(8)) },
			func(twin int) { ways[twin].LoseAnswer(rand.IntN(8)) },
			func(twin int) { ways[twin].Silence(true); time.Sleep(twinRound / 5); ways[twin].Silence(false) },
			func(int) { server.Crash(t); server.Restart(t) },
		},
	}
}

func onDynamoDB(t *testing.T) sharedStore {
	t.Helper()
	server := &dynalite.Server{}
	t.Cleanup(server.Stop)
	ways := [2]*dynalite.Endpoint{server.Endpoint(t), server.Endpoint(t)}
	table := ways[0].Table(t)
	return sharedStore{
		flags: func(twin int) []string {
			aws := ways[twin].Config()
			return []string{"--anti-slashing-backend=dynamodb", "--anti-slashing-table=" + table,
				"--aws-endpoint-url=" + *aws.BaseEndpoint, "--aws-region=" + aws.Region}
		},
		harm: []func(int){
			func(twin int) { ways[twin].Inject(dynalite.Fault{Lost: true, Times: 1 + rand.IntN(5)}) },
			func(twin int) {
				ways[twin].Inject(dynalite.Fault{Times: 5, Status: 400, Type: "ProvisionedThroughputExceededException"})
			},
			func(twin int) { ways[twin].Inject(dynalite.Fault{Times: 5, Status: 500, Type: "InternalServerError"}) },
			func(twin int) { ways[twin].Inject(dynalite.Fault{Times: 5, Delay: 2 * time.Second}) },
		},
	}
}
