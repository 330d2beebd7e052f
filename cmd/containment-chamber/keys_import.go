package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// keysImportCommand is "containment-chamber keys import". It opens the chamber by itself, as a replica does, because only
// whoever has the master key can encrypt: the key-encryption keys are asked, and as many operators as a quorum needs.
type keysImportCommand struct {
	Keystore     []string `required:"" placeholder:"PATH" help:"EIP-2335 keystore, or a directory of such; may be given several times."`
	PasswordFile string   `placeholder:"FILE" help:"The password of those keystores that bring none of their own."`
	Canary       bool     `help:"Mark the keys as canaries: keys that are never to sign."`
	credentialsFlags
}

// Run implements kong's command.
func (c *keysImportCommand) Run(j *job, t *tool) error {
	return t.openKeys(j, func(cfg *config.Config, store sealed.Store) error {
		found := directory.Scan(c.Keystore, directory.Options{PasswordFile: c.PasswordFile})
		defer discard(found)
		if len(found.Candidates)+len(found.Failures) == 0 {
			return errors.New("there is no keystore")
		}
		i := keyImport{store: store, as: sealed.Attributes{Status: sealed.Active, Canary: c.Canary}}
		if len(found.Candidates) > 0 { // otherwise nobody need be asked for a passphrase
			var err error
			if i.under, err = j.openChamber(cfg, c.credentialsFlags, messages.PurposeValidatorKeys); err != nil {
				return fmt.Errorf("nothing was imported: %w", err)
			}
			defer i.under.Key.Wipe()
		}
		done := i.run(j.ctx, found)
		if err := t.report(j, done, done.print); err != nil {
			return err
		}
		if done.Failed > 0 {
			return fmt.Errorf("%d of %d were not imported", done.Failed, len(done.Keys))
		}
		return nil
	})
}

// discard wipes what was found in the clear.
func discard(found directory.Listing) {
	for _, c := range found.Candidates {
		c.Discard()
	}
}

// keyImport is an import under way.
type keyImport struct {
	store sealed.Store
	as    sealed.Attributes
	under messages.DerivedKey
}

// run imports what was found, several at once: to decrypt a keystore takes a second of CPU time, and much memory.
func (i keyImport) run(ctx context.Context, found directory.Listing) keysImported {
	done := keysImported{Keys: make([]keyImported, len(found.Candidates))}
	at := make(chan int)
	var group sync.WaitGroup
	for range importers(found.Candidates) {
		group.Go(func() {
			for n := range at {
				done.Keys[n] = i.one(ctx, found.Candidates[n])
			}
		})
	}
	for n := range found.Candidates {
		at <- n
	}
	close(at)
	group.Wait()
	for _, f := range found.Failures {
		done.Keys = append(done.Keys, keyImported{File: f.Name, Status: "error", Message: f.Err.Error()})
	}
	done.count()
	return done
}

// importers is how many keystores are decrypted at once: what the cores and half of the free memory allow.
func importers(candidates []directory.Candidate) int {
	each := int64(1)
	for _, c := range candidates {
		each = max(each, c.Memory)
	}
	return int(max(1, min(int64(runtime.GOMAXPROCS(0)), availableMemory()/2/each)))
}

// one imports one keystore.
func (i keyImport) one(ctx context.Context, candidate directory.Candidate) keyImported {
	failed := func(err error) keyImported {
		return keyImported{File: candidate.Name, Status: "error", Message: err.Error()}
	}
	if ctx.Err() != nil {
		return failed(errors.New("interrupted"))
	}
	key, err := candidate.Load()
	if err != nil {
		return failed(err)
	}
	defer key.Wipe()
	row, err := sealed.Seal(key, i.as, i.under)
	if err != nil {
		return failed(err)
	}
	added, err := i.store.Add(ctx, []sealed.Row{row})
	if err != nil {
		return failed(err)
	}
	status := "imported"
	if !added[0] {
		status = "duplicate"
	}
	return keyImported{Pubkey: row.PublicKey.String(), File: candidate.Name, Status: status}
}

// keysImported is the report of an import.
type keysImported struct {
	Imported   int           `json:"imported"`
	Duplicates int           `json:"duplicates"`
	Failed     int           `json:"failed"`
	Keys       []keyImported `json:"keys"`
}

type keyImported struct {
	Pubkey  string `json:"pubkey,omitempty"`
	File    string `json:"file"`
	Status  string `json:"status"` // imported, duplicate or error
	Message string `json:"message,omitempty"`
}

func (k *keysImported) count() {
	for _, key := range k.Keys {
		switch key.Status {
		case "imported":
			k.Imported++
		case "duplicate":
			k.Duplicates++
		default:
			k.Failed++
		}
	}
}

func (k keysImported) print(w io.Writer) {
	for _, key := range k.Keys {
		if key.Status == "error" {
			fmt.Fprintf(w, "error      %s: %s\n", key.File, key.Message)
			continue
		}
		fmt.Fprintf(w, "%-9s  %s  %s\n", key.Status, key.Pubkey, key.File)
	}
	fmt.Fprintf(w, "imported %s, %d were there, %d failed\n", count(k.Imported, 0, "key"), k.Duplicates, k.Failed)
}
