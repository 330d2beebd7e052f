package postgres_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest/postgres"
)

func TestSettings(t *testing.T) {
	var own postgres.Server
	t.Cleanup(own.Stop)
	url := own.Database(t)
	await := func(what string, holds func() bool) { // the server reads its configuration when it gets to that
		t.Helper()
		for until := time.Now().Add(30 * time.Second); !holds(); {
			if time.Now().After(until) {
				t.Fatal(what)
			}
		}
	}
	memory := func() (size string) {
		t.Helper()
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context()) // it is asked often, and there are not so many connections
		if err := c.QueryRow(t.Context(), "SHOW work_mem").Scan(&size); err != nil {
			t.Fatal(err)
		}
		return size
	}
	usual := memory()
	own.Set(t, "work_mem", "'7MB'")
	await("the setting is not changed", func() bool { return memory() == "7MB" })
	own.Set(t, "work_mem", "DEFAULT")
	await("the change is not taken back", func() bool { return memory() == usual })
	own.Write(t, "pg_hba.conf", []byte("host postgres postgres 127.0.0.1/32 trust\n"))
	await("the file is not read", func() bool {
		c, err := pgx.Connect(t.Context(), url)
		if err == nil {
			_ = c.Close(t.Context())
		}
		return err != nil
	})
}
