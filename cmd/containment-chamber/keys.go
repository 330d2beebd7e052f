package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sqlite"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// keysCommand is "containment-chamber keys".
type keysCommand struct {
	Import keysImportCommand `cmd:"" help:"Encrypt keystores under the master key, and add them to key_sources.sqlite. A signer may run meanwhile."`
	Kek    kekCommand        `cmd:"" help:"Make a key-encryption key in a file of 32 random bytes that only its owner may read."`
	List   keysListCommand   `cmd:"" help:"List the keys of key_sources.sqlite. That needs no master key."`
}

type keysListCommand struct{ toolFlags }

// Run implements kong's command.
func (*keysListCommand) Run(j *job, t *tool) error {
	t.mustExist = true
	return t.openKeys(j, func(_ *config.Config, store sealed.Store) error {
		listing, err := store.List(j.ctx, 0)
		if err != nil {
			return err
		}
		list := newKeyList(listing)
		if err := t.report(j, list, list.print); err != nil {
			return err
		}
		if n := len(listing.Damaged); n > 0 {
			return fmt.Errorf("%d rows are damaged", n)
		}
		return nil
	})
}

// openKeys opens the store of sealed keys for one piece of work.
func (t *tool) openKeys(j *job, work func(*config.Config, sealed.Store) error) (err error) {
	cfg, err := config.Load(config.Options{File: t.config, Env: j.env, Flags: j.flags})
	if err != nil {
		return err
	}
	if cfg.KeySources.SQLite.Path == "" {
		return &exitError{exitUsage, errors.New("key_sources.sqlite.path: is not set; name the signer's configuration with --config")}
	}
	path := cfg.KeySources.SQLite.Path
	if _, err := os.Stat(path); t.mustExist && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no sealed keys at %s: name the signer's configuration with --config", path)
	}
	ctx, cancel := context.WithTimeout(j.ctx, toolPatience)
	defer cancel()
	store, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return work(cfg, store)
}

// keyList is the report of a list.
type keyList struct {
	Keys    []keyRow     `json:"keys"`
	Damaged []damagedRow `json:"damaged"`
}

type keyRow struct {
	Pubkey  messages.PublicKey `json:"pubkey"`
	Status  sealed.Status      `json:"status"`
	Canary  bool               `json:"canary"`
	Chamber string             `json:"chamber"`
	Created time.Time          `json:"created"`
	Changed time.Time          `json:"changed"`
}

type damagedRow struct {
	Pubkey string `json:"pubkey"`
	What   string `json:"what"`
}

func newKeyList(l sealed.Listing) keyList {
	out := keyList{[]keyRow{}, []damagedRow{}}
	for _, r := range l.Rows {
		out.Keys = append(out.Keys, keyRow{r.PublicKey, r.Status, r.Canary, r.ChamberID, r.Created, r.Changed})
	}
	for _, f := range l.Damaged {
		out.Damaged = append(out.Damaged, damagedRow{f.Name, f.Err.Error()})
	}
	return out
}

func (l keyList) print(w io.Writer) {
	for _, k := range l.Keys {
		kind := ""
		if k.Canary {
			kind = "  canary"
		}
		fmt.Fprintf(w, "%s  %-8s  %s%s\n", k.Pubkey, k.Status, k.Created.Format(time.DateTime), kind)
	}
	for _, d := range l.Damaged {
		fmt.Fprintf(w, "%s  damaged: %s\n", d.Pubkey, d.What)
	}
	fmt.Fprintf(w, "%d keys\n", len(l.Keys))
}
