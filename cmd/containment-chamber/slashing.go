package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/messages"
)

// slashingCommand is "containment-chamber slashing".
type slashingCommand struct {
	Import    importCommand    `cmd:"" help:"Add an EIP-3076 interchange file to the history: all of it or nothing."`
	Export    exportCommand    `cmd:"" help:"Write the history as an EIP-3076 interchange file."`
	Prune     pruneCommand     `cmd:"" help:"Delete old history. What is as old can never be signed afterwards."`
	Watermark watermarkCommand `cmd:"" help:"Refuse everything up to an epoch and a slot. A watermark is never lowered."`
	Verify    verifyCommand    `cmd:"" help:"Read every row and report what is wrong."`
	Rekey     rekeyCommand     `cmd:"" help:"Authenticate every row anew, under the key that is configured now, while no signer runs. It can be interrupted and repeated."`

	toolFlags
	credentialsFlags
}

// AfterApply implements kong's hook: it hands the subcommands what they share.
func (s *slashingCommand) AfterApply(t *tool) error {
	t.credentials = s.credentialsFlags
	return s.toolFlags.AfterApply(t)
}

type (
	importCommand struct {
		File           string `arg:"" optional:"" placeholder:"FILE" help:"Interchange file, or - for standard input."`
		FromWeb3signer string `name:"from-web3signer" placeholder:"URL" help:"Read the PostgreSQL database of a Web3Signer instead, which is not written to: its URL, or env:NAME or file:PATH of where it is."`
	}
	exportCommand struct {
		File   string   `arg:"" optional:"" placeholder:"FILE" help:"File to write; standard output if absent."`
		Pubkey []string `placeholder:"KEY" help:"Only this key; may be given several times."`
	}
	pruneCommand struct {
		KeepEpochs uint64 `required:"" placeholder:"N" help:"Epochs that stay, counted from the newest row of each key."`
	}
	watermarkCommand struct {
		Epoch  uint64   `required:"" placeholder:"N" help:"No source below, and no target at or below."`
		Slot   uint64   `required:"" placeholder:"N" help:"No block at or below."`
		Pubkey []string `placeholder:"KEY" help:"Only this key, which need not have signed yet; may be given several times. All validators of the history if absent."`
	}
	verifyCommand struct{}
)

// Run implements kong's command.
func (c *importCommand) Run(j *job, t *tool) error {
	from, err := c.source(j)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	return t.open(j, func(ctx context.Context, s history) error {
		m := newMeter(j.stderr, "read", meterEvery)
		r, found, err := from.into(ctx, s, m)
		m.Close()
		if errors.Is(err, dynamodb.ErrUnfinished) {
			return err
		}
		if err != nil && ctx.Err() != nil {
			return errors.New("nothing was imported: it was interrupted")
		}
		if err != nil {
			return fmt.Errorf("nothing was imported: %w", err)
		}
		done := newImported(s.path, r)
		done.Found = newFound(found)
		return t.report(j, done, done.print)
	})
}

// Run implements kong's command.
func (c *exportCommand) Run(j *job, t *tool) error {
	t.mustExist = true
	keys, err := publicKeys(c.Pubkey)
	if err != nil {
		return err
	}
	return t.open(j, func(ctx context.Context, s history) error {
		m := newMeter(j.stderr, "wrote", meterEvery)
		defer m.Close()
		if c.File == "" {
			return s.write(ctx, m.writer(j.stdout), keys)
		}
		f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("an export never overwrites: %w", err)
		}
		if err := errors.Join(s.write(ctx, m.writer(f), keys), f.Close()); err != nil {
			return errors.Join(err, os.Remove(c.File)) // half an export is worse than none
		}
		return nil
	})
}

// write exports the history of all keys, or of the named ones, each of which must have one: who moves a key by an
// export in which it is missing moves it without protection.
func (h history) write(ctx context.Context, w io.Writer, keys []messages.PublicKey) error {
	if len(keys) == 0 {
		return h.Export(ctx, w)
	}
	var file bytes.Buffer
	if err := h.Export(ctx, &file, keys...); err != nil {
		return err
	}
	exported := map[messages.PublicKey]bool{}
	_, err := eip3076.Decode(bytes.NewReader(file.Bytes()), func(h eip3076.History) error {
		exported[h.Key] = true
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if !exported[key] {
			return fmt.Errorf("nothing was exported: %s has no history in %s", key, h.path)
		}
	}
	_, err = file.WriteTo(w)
	return err
}

// Run implements kong's command.
func (c *pruneCommand) Run(j *job, t *tool) error {
	if c.KeepEpochs == 0 {
		return &exitError{exitUsage, errors.New("--keep-epochs: must be at least 1")}
	}
	t.mustExist = true
	return t.open(j, func(ctx context.Context, s history) error {
		var refused []error
		keep := eip3076.Retention{KeepEpochs: c.KeepEpochs, SlotsPerEpoch: s.network.Preset.SlotsPerEpoch}
		r, err := eip3076.PruneAll(ctx, s, keep, func(f eip3076.Finding) {
			refused = append(refused, fmt.Errorf("validator %v was not pruned: %w", f.Key, f.Err))
		})
		if err := errors.Join(append(refused, err)...); err != nil {
			return err
		}
		return t.report(j, map[string]int{"blocks": r.Blocks, "attestations": r.Attestations}, func(w io.Writer) {
			fmt.Fprintf(w, "deleted %d blocks and %d attestations\n", r.Blocks, r.Attestations)
		})
	})
}

// Run implements kong's command.
func (c *watermarkCommand) Run(j *job, t *tool) error {
	keys, err := publicKeys(c.Pubkey)
	if err != nil {
		return err
	}
	t.mustExist = len(keys) == 0 // only a named key can begin a history
	return t.open(j, func(ctx context.Context, s history) error {
		n, err := s.SetWatermark(ctx, eip3076.Watermark{Slot: c.Slot, Epoch: c.Epoch}, keys...)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("nothing was done: there is no validator in %s: name the keys with --pubkey", s.path)
		}
		return t.report(j, map[string]int{"validators": n}, func(w io.Writer) {
			fmt.Fprintf(w, "watermark of %d validators is at least epoch %d, slot %d\n", n, c.Epoch, c.Slot)
		})
	})
}

// Run implements kong's command.
func (c *verifyCommand) Run(j *job, t *tool) error {
	t.mustExist = true
	return t.open(j, func(ctx context.Context, s history) error {
		r, err := s.Verify(ctx)
		if err != nil {
			return err
		}
		if err := t.report(j, newVerified(r), newVerified(r).print); err != nil {
			return err
		}
		if n := len(r.Findings) + r.Omitted; n > 0 {
			return fmt.Errorf("%d findings", n)
		}
		return nil
	})
}

func publicKeys(texts []string) ([]messages.PublicKey, error) {
	keys := make([]messages.PublicKey, len(texts))
	for i, text := range texts {
		var err error
		if keys[i], err = messages.ParsePublicKey(text); err != nil {
			return nil, &exitError{exitUsage, fmt.Errorf("--pubkey: %s", strings.TrimPrefix(err.Error(), messages.ErrMalformed.Error()+": "))}
		}
	}
	return keys, nil
}
