package main

import (
	"fmt"
	"io"
	"path/filepath"

	"containment-chamber/actors/seal/kek"
)

type kekCommand struct {
	File   string `arg:"" placeholder:"FILE" help:"File to write. It is never overwritten."`
	Output string `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the report: text or json."`
}

// Run implements kong's command.
func (c *kekCommand) Run(j *job, t *tool) error {
	t.output = c.Output
	path, err := filepath.Abs(c.File) // the signer may run in another directory
	if err != nil {
		return err
	}
	if err := kek.WriteFile(path); err != nil {
		return err
	}
	done := struct {
		Reference string `json:"reference"`
	}{"file:" + path}
	return t.report(j, done, func(w io.Writer) { fmt.Fprintf(w, "%s\n", done.Reference) })
}
