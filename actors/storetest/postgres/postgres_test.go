package postgres_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest/postgres"
)

var server postgres.Server

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func exec(t *testing.T, c *pgx.Conn, text string) {
	t.Helper()
	if _, err := c.Exec(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, c *pgx.Conn) (n int) {
	t.Helper()
	if err := c.QueryRow(context.Background(), "SELECT count(*) FROM facts").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDatabasesAreApart(t *testing.T) {
	for range 2 {
		exec(t, connect(t, server.Database(t)), "CREATE TABLE facts ()")
	}
}

func TestWhatIsCommittedSurvivesACrash(t *testing.T) {
	url := server.Database(t)
	before := connect(t, url)
	exec(t, before, "CREATE TABLE facts (n int)")
	exec(t, before, "INSERT INTO facts VALUES (1)")
	server.Crash(t)
	if _, err := before.Exec(context.Background(), "SELECT 1"); err == nil {
		t.Error("it goes on")
	}
	server.Restart(t)
	if n := count(t, connect(t, url)); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestProxyLosesTheAnswerNotTheDeed(t *testing.T) {
	url := server.Database(t)
	beside := connect(t, url)
	exec(t, beside, "CREATE TABLE facts (n int)")
	proxy := postgres.NewProxy(t, url)
	for after := range 3 {
		c := connect(t, proxy.URL)
		ctx := context.Background()
		proxy.LoseAnswer(after)
		for i := range 3 {
			_, err := c.Exec(ctx, "INSERT INTO facts VALUES (1)", pgx.QueryExecModeSimpleProtocol)
			if (err != nil) != (i >= after) { // the connection is gone after the first
				t.Errorf("answer %d of %d: %v", i, after, err)
			}
		}
		if !proxy.Lost() {
			t.Error("no answer was lost")
		}
	}
	if n := count(t, beside); n != 1+2+3 {
		t.Errorf("%d rows", n)
	}
}
