package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// tool is what the offline commands share: which store, and how to report.
type tool struct {
	config, output string
	credentials    credentialsFlags
	mustExist      bool // only an import and a watermark may begin a history
}

// toolFlags are the flags of all offline commands that work on what is configured.
type toolFlags struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration file of the signer."`
	Output string `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the report: text or json."`
	kong.Plugins
}

// AfterApply implements kong's hook: it hands the subcommands what they share.
func (f *toolFlags) AfterApply(t *tool) error {
	t.config, t.output = f.Config, f.Output
	return nil
}

// history is the configured store, the chain that it is for, and where it is.
type history struct {
	eip3076.Store
	network eth2.Network
	path    string
}

// toolPatience bounds opening the store; the work itself may take long.
const toolPatience = 10 * time.Second

// open opens the configured store for one piece of work.
func (t *tool) open(j *job, work func(context.Context, history) error) (err error) {
	cfg, err := config.Load(config.Options{File: t.config, Env: j.env, Flags: j.flags})
	if err != nil {
		return err
	}
	network, err := networkOf(cfg)
	if err != nil {
		return err
	}
	if err := t.findable(cfg.AntiSlashing); err != nil {
		return err
	}
	with := trust{chain: network.GenesisValidatorsRoot}
	if with.marks, err = t.marks(j, cfg); err != nil {
		return err
	}
	if with.marks.Key != nil {
		defer with.marks.Key.Wipe()
	}
	ctx, cancel := context.WithTimeout(j.ctx, toolPatience)
	defer cancel()
	h := history{network: network}
	if h.Store, h.path, err = t.openBackend(ctx, cfg, with); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return work(j.ctx, h)
}

// findable refuses what can be seen to be missing before anybody is asked for a passphrase.
func (t *tool) findable(cfg config.AntiSlashing) error {
	switch cfg.Backend {
	case config.BackendNoop:
		return fmt.Errorf("anti_slashing.backend is %s: there is no history to work on", cfg.Backend)
	case config.BackendSQLite:
		if _, err := os.Stat(cfg.Path); t.mustExist && errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no history at %s: name the signer's with --config or --anti-slashing-path", cfg.Path)
		}
	}
	return nil
}

// openBackend opens the configured store, and returns the name of its place.
func (t *tool) openBackend(ctx context.Context, cfg *config.Config, with trust) (eip3076.Store, string, error) {
	own := cfg.AntiSlashing
	switch own.Backend {
	case config.BackendPostgres:
		c := postgresConfig(own, with, toolPatience)
		c.MustExist = t.mustExist
		store, err := postgres.Open(ctx, c)
		if err != nil {
			return nil, "", err
		}
		return store, store.Place(), nil
	case config.BackendDynamoDB:
		of := newTable(cfg, with)
		of.config.MustExist = t.mustExist
		store, err := of.open(ctx)
		return store, "table " + own.Table, err
	}
	store, err := sqlite.Open(ctx, sqlite.Config{
		Path: own.Path, GenesisValidatorsRoot: with.chain, MustExist: t.mustExist, Marks: with.marks,
	})
	if err != nil {
		return nil, "", err
	}
	return store, own.Path, nil
}

// report writes a result in the form that was asked for.
func (t *tool) report(j *job, result any, text func(io.Writer)) error {
	if t.output == "json" {
		e := json.NewEncoder(j.stdout)
		e.SetIndent("", "  ")
		return e.Encode(result)
	}
	text(j.stdout)
	return nil
}

// imported is the report of an import.
type imported struct {
	Database              string              `json:"database"`
	GenesisValidatorsRoot messages.Root       `json:"genesis_validators_root"`
	Validators            []importedValidator `json:"validators"`
	// Found is what was read, where that was a Web3Signer's database.
	Found *foundReport `json:"web3signer,omitempty"`
}

type importedValidator struct {
	Pubkey       messages.PublicKey `json:"pubkey"`
	Blocks       int                `json:"blocks"`
	Attestations int                `json:"attestations"`
	Present      int                `json:"already_present"`
	Slashable    int                `json:"slashable"`
	// Lowest is what can still be signed for the first time.
	Lowest floor `json:"lowest"`
}

// floor is eip3076.Floor as it is reported.
type floor struct {
	Slot   uint64 `json:"slot"`
	Source uint64 `json:"source_epoch"`
	Target uint64 `json:"target_epoch"`
}

func newImported(path string, r eip3076.ImportReport) imported {
	out := imported{Database: path, GenesisValidatorsRoot: r.GenesisValidatorsRoot, Validators: []importedValidator{}}
	for _, v := range r.Validators {
		out.Validators = append(out.Validators, importedValidator{v.Key, v.Blocks, v.Attestations, v.Present, v.Slashable, floor(v.Low)})
	}
	return out
}

func (i imported) print(w io.Writer) {
	if i.Found != nil {
		i.Found.print(w)
	}
	slashable := 0
	for _, v := range i.Validators {
		fmt.Fprintf(w, "%s  %d blocks, %d attestations, %d known already; lowest that can be signed: slot %d, source %d, target %d\n",
			v.Pubkey, v.Blocks, v.Attestations, v.Present, v.Lowest.Slot, v.Lowest.Source, v.Lowest.Target)
		if v.Slashable > 0 {
			fmt.Fprintf(w, "%s  WARNING: %d slashable messages are in this history\n", v.Pubkey, v.Slashable)
		}
		slashable += v.Slashable
	}
	fmt.Fprintf(w, "imported %d validators, %d slashable messages, into %s\n", len(i.Validators), slashable, i.Database)
}

// verified is the report of a verification.
type verified struct {
	GenesisValidatorsRoot messages.Root `json:"genesis_validators_root"`
	Validators            int           `json:"validators"`
	Blocks                int           `json:"blocks"`
	Attestations          int           `json:"attestations"`
	Findings              []found       `json:"findings"`
	Omitted               int           `json:"omitted"`
}

type found struct {
	Pubkey messages.PublicKey `json:"pubkey"`
	What   string             `json:"what"`
}

func newVerified(r eip3076.VerifyReport) verified {
	out := verified{r.GenesisValidatorsRoot, r.Validators, r.Blocks, r.Attestations, []found{}, r.Omitted}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, found{f.Key, f.Err.Error()})
	}
	return out
}

func (v verified) print(w io.Writer) {
	for _, f := range v.Findings {
		whose := f.Pubkey.String()
		if f.Pubkey == (messages.PublicKey{}) {
			whose = "no validator's"
		}
		fmt.Fprintf(w, "%s  %s\n", whose, f.What)
	}
	fmt.Fprintf(w, "read %d validators, %d blocks, %d attestations of genesis validators root %s: %d findings\n",
		v.Validators, v.Blocks, v.Attestations, v.GenesisValidatorsRoot, len(v.Findings)+v.Omitted)
}
