package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// rekeyCommand is "containment-chamber slashing rekey".
type rekeyCommand struct {
	OldHMACKey     string `name:"old-hmac-key" placeholder:"WHERE" help:"Where the key of the rows so far is: env:NAME or file:PATH."`
	OldMasterKey   bool   `help:"The key of the rows so far came from the chamber's master key, and anti_slashing.hmac_key is new."`
	AcceptUnmarked bool   `help:"Take rows that were never authenticated as genuine."`
}

// marks is what authenticates rows for an offline command: as it does in the signer that is configured so.
func (t *tool) marks(j *job, cfg *config.Config) (*eip3076.Marker, error) {
	if where := cfg.AntiSlashing.HmacKey; where != "" {
		key, err := rowKey(slog.New(slog.NewTextHandler(j.stderr, nil)), where, j.env)
		if err != nil {
			return nil, fmt.Errorf("anti_slashing.hmac_key: %w", err)
		}
		return &eip3076.Marker{Key: key}, nil
	}
	if !underMasterKey(cfg) {
		return &eip3076.Marker{}, nil
	}
	derived, err := j.openChamber(cfg, t.credentials, messages.PurposeSlashingRows)
	if err != nil {
		return nil, fmt.Errorf("rows are authenticated under the master key: %w", err)
	}
	return &eip3076.Marker{Key: derived.Key}, nil
}

// rekeyed is the report of rekeying.
type rekeyed struct {
	Validators int     `json:"validators"`
	Rows       int     `json:"rows"`
	Refused    []found `json:"refused"`
}

// Run implements kong's command.
func (c *rekeyCommand) Run(j *job, t *tool) error {
	how := eip3076.Rekeying{AcceptUnmarked: c.AcceptUnmarked}
	var err error
	if how.Old.Key, err = c.oldKey(j, t); err != nil {
		return err
	}
	if how.Old.Key != nil {
		defer how.Old.Key.Wipe()
	}
	t.mustExist = true
	return t.open(j, func(ctx context.Context, s history) error {
		done := rekeyed{Refused: []found{}}
		err := eip3076.RekeyAll(ctx, s, how, func(step eip3076.RekeyStep) {
			done.Validators++
			done.Rows += step.Rows
			if step.Refused != nil {
				done.Refused = append(done.Refused, found{step.Key, step.Refused.Error()})
			}
		})
		if err := errors.Join(err, t.report(j, done, done.print)); err != nil {
			return err
		}
		if n := len(done.Refused); n > 0 {
			return fmt.Errorf("%d of %d validators were left as they were", n, done.Validators)
		}
		return nil
	})
}

// oldKey returns the key of the rows so far, nil for none.
func (c *rekeyCommand) oldKey(j *job, t *tool) (messages.Key32, error) {
	switch where := c.OldHMACKey; {
	case where != "" && c.OldMasterKey:
		return nil, &exitError{exitUsage, errors.New("--old-hmac-key, --old-master-key: rows had one key or the other")}
	case c.OldMasterKey:
		cfg, err := config.Load(config.Options{File: t.config, Env: j.env, Flags: j.flags})
		if err != nil {
			return nil, err
		}
		derived, err := j.openChamber(cfg, t.credentials, messages.PurposeSlashingRows)
		return derived.Key, err
	case where == "":
		return nil, nil
	case !strings.HasPrefix(where, "env:") && !strings.HasPrefix(where, "file:"):
		return nil, &exitError{exitUsage, errors.New("--old-hmac-key: everybody on this machine would see it: give env:NAME or file:PATH")}
	}
	key, err := rowKey(slog.New(slog.NewTextHandler(j.stderr, nil)), c.OldHMACKey, j.env)
	if err != nil {
		return nil, fmt.Errorf("--old-hmac-key: %w", err)
	}
	return key, nil
}

func (r rekeyed) print(w io.Writer) {
	for _, f := range r.Refused {
		fmt.Fprintf(w, "%s  %s\n", f.Pubkey, f.What)
	}
	fmt.Fprintf(w, "read %d validators; %d rows are authenticated anew, %d validators refused\n", r.Validators, r.Rows, len(r.Refused))
}
