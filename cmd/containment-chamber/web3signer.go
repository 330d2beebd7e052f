package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/web3signer"
	"containment-chamber/messages"
)

// source is where the history comes from that an import reads.
type source interface {
	// into adds all of it to a store, or nothing. The second result is nil unless a Web3Signer was asked.
	into(ctx context.Context, store eip3076.Exchanger, m *meter) (eip3076.ImportReport, *web3signer.Report, error)
	io.Closer
}

// source finds out which of the two is meant.
func (c *importCommand) source(j *job) (source, error) {
	switch {
	case (c.File == "") == (c.FromWeb3signer == ""):
		return nil, &exitError{exitUsage, errors.New("name either an interchange file or --from-web3signer")}
	case c.FromWeb3signer != "":
		url, err := j.obtain(wanted{flag: "from-web3signer", from: c.FromWeb3signer})
		if err != nil {
			return nil, err
		}
		defer url.Wipe()
		var from fromWeb3signer
		url.Use(func(text []byte) { from = fromWeb3signer(text) }) // libpq's URLs are text, and the database is left soon
		return from, nil
	case c.File == "-":
		return fromFile{io.NopCloser(j.stdin), 0}, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return fromFile{f, info.Size()}, nil
}

// fromFile is an interchange file and its size in bytes, 0 if that is not known.
type fromFile struct {
	io.ReadCloser
	size int64
}

func (f fromFile) into(ctx context.Context, store eip3076.Exchanger, m *meter) (eip3076.ImportReport, *web3signer.Report, error) {
	r, err := store.Import(ctx, m.reader(f, f.size))
	return r, nil, err
}

// fromWeb3signer is the URL of a Web3Signer's slashing-protection database.
type fromWeb3signer string

func (fromWeb3signer) Close() error { return nil }

// into lets one side write the interchange file that the other reads.
func (f fromWeb3signer) into(ctx context.Context, store eip3076.Exchanger, m *meter) (eip3076.ImportReport, *web3signer.Report, error) {
	in, out := io.Pipe()
	found := make(chan func() (web3signer.Report, error), 1)
	go func() {
		report, err := web3signer.Export(ctx, string(f), out)
		_ = out.CloseWithError(err) // never fails
		found <- func() (web3signer.Report, error) { return report, err }
	}()
	taken, err := store.Import(ctx, m.reader(in, 0))
	_ = in.CloseWithError(err)
	report, failed := (<-found)()
	if failed != nil && !errors.Is(failed, io.ErrClosedPipe) && (err == nil || !errors.Is(failed, err)) {
		return eip3076.ImportReport{}, nil, failed // the cause of what the import says
	}
	return taken, &report, err
}

// foundReport is what was found in the database of a Web3Signer, as it is reported.
type foundReport struct {
	Validators         int                  `json:"validators"`
	Blocks             int                  `json:"blocks"`
	Attestations       int                  `json:"attestations"`
	Empty              int                  `json:"validators_without_history"`
	Disabled           []messages.PublicKey `json:"disabled_validators"`
	HighWatermarkSlot  *string              `json:"high_watermark_slot"`
	HighWatermarkEpoch *string              `json:"high_watermark_epoch"`
	Altered            []string             `json:"altered"`
	Omitted            int                  `json:"altered_omitted"`
	Sessions           int                  `json:"other_sessions"`
}

func newFound(r *web3signer.Report) *foundReport {
	if r == nil {
		return nil
	}
	return &foundReport{
		r.Validators, r.Blocks, r.Attestations, r.Empty, append([]messages.PublicKey{}, r.Disabled...),
		r.HighSlot, r.HighEpoch, append([]string{}, r.Altered...), r.Omitted, r.Sessions,
	}
}

func (f *foundReport) print(w io.Writer) {
	fmt.Fprintf(w, "found in Web3Signer's database: %d validators, %d blocks, %d attestations; %d validators have signed nothing\n",
		f.Validators, f.Blocks, f.Attestations, f.Empty)
	for _, text := range f.Altered {
		fmt.Fprintln(w, text)
	}
	if f.Omitted > 0 {
		fmt.Fprintf(w, "and %d more like these\n", f.Omitted)
	}
	for _, key := range f.Disabled {
		fmt.Fprintf(w, "%s  WARNING: disabled in Web3Signer, which would not sign with it; here it signs as soon as its key is loaded\n", key)
	}
	if f.HighWatermarkSlot != nil || f.HighWatermarkEpoch != nil {
		fmt.Fprintf(w, "WARNING: Web3Signer's high watermark (slot %s, epoch %s) was not taken: nothing here stops signing at it\n",
			orNoneText(f.HighWatermarkSlot), orNoneText(f.HighWatermarkEpoch))
	}
	if f.Sessions > 0 {
		fmt.Fprintf(w, "WARNING: %d other sessions use that database. If a Web3Signer still signs, stop it and import again\n", f.Sessions)
	}
}

func orNoneText(text *string) string {
	if text == nil {
		return "none"
	}
	return *text
}
