package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// byDev is who holds the ceremonies of --dev, as audit records have it.
const byDev = "development mode"

// raise makes the chamber if there is none, by the ceremonies that an operator would hold, and waits until it has opened
// itself. With operators, and after somebody has sealed it, that is left to people: the greeting says what to type.
func (d *development) raise(ctx context.Context, s *signer) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	status, err := d.settled(ctx, s)
	if err == nil && status.State == messages.StateUninitialized {
		if status, err = d.initialize(ctx, s); err != nil {
			err = fmt.Errorf("making it: %w", err)
		}
	}
	d.state = status.State
	if err == nil && !d.quorum && d.state == messages.StateUnsealed {
		if err = d.addKeys(ctx, s); err == nil {
			err = d.makeManager(ctx, s, status)
		}
	}
	if err != nil {
		return fmt.Errorf("the chamber in ./%s: %w; to begin anew, delete ./%s", d.dir, err, d.dir)
	}
	return nil
}

// settled is how the chamber stands when it does nothing by itself any more.
func (d *development) settled(ctx context.Context, s *signer) (status messages.SealStatus, err error) {
	err = s.until(ctx, func() (bool, error) {
		status, err = actors.Ask(ctx, s.tree.Seal, messages.GetSealStatus{})
		switch {
		case err != nil:
			return false, err
		case status.Err != nil:
			return false, status.Err
		case status.KMS.Err != nil:
			return false, status.KMS.Err
		}
		opening := status.State == messages.StateSealed && !status.Emergency.Standing
		return status.State != "" && !opening, nil
	})
	return status, err
}

// until asks after each event whether something has come about.
func (s *signer) until(ctx context.Context, come func() (bool, error)) error {
	event := make(chan struct{}, 1)
	defer s.system.Observe(func(messages.Event) {
		select {
		case event <- struct{}{}:
		default: // there is one that nobody has seen yet
		}
	})()
	for {
		if done, err := come(); done || err != nil {
			return err
		}
		select {
		case <-event:
		case <-s.system.Failed().Done():
			return context.Cause(s.system.Failed())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// note keeps a token that the signer has written to its log, unless one waits already.
func (d *development) note(token string) {
	select {
	case d.tokens <- messages.NewSecret([]byte(token)):
	default:
	}
}

// noted waits for a token.
func (d *development) noted(ctx context.Context) (messages.Secret, error) {
	select {
	case token := <-d.tokens:
		return token, nil
	case <-ctx.Done():
		return messages.Secret{}, ctx.Err()
	}
}

// initialize makes what opens the chamber, and the chamber.
func (d *development) initialize(ctx context.Context, s *signer) (messages.SealStatus, error) {
	plan := messages.KeyPlan{KMSThreshold: 2}
	for i := range 3 {
		path, err := filepath.Abs(d.path(fmt.Sprintf("kek-%d.key", i+1)))
		if err != nil {
			return messages.SealStatus{}, err
		}
		if err := kek.WriteFile(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return messages.SealStatus{}, err
		}
		plan.KMS = append(plan.KMS, "file:"+path)
	}
	if d.quorum {
		plan.Operators, plan.Quorum = []string{"alice", "bob", "carol"}, 2
		if err := d.writeKeystores(); err != nil {
			return messages.SealStatus{}, err
		}
	}
	token, err := d.noted(ctx)
	if err != nil {
		return messages.SealStatus{}, err
	}
	outcome, err := d.perform(ctx, s, messages.InitializeChamber{SetupToken: token, Plan: plan})
	if err != nil {
		return messages.SealStatus{}, err
	}
	defer outcome.Wipe()
	for _, t := range outcome.RegistrationTokens {
		if err := writeSecret(d.tokenFile(t.Operator), t.Token); err != nil {
			return messages.SealStatus{}, err
		}
	}
	d.made = true
	return outcome.Status, nil
}

func (d *development) perform(ctx context.Context, s *signer, m messages.Ceremony) (messages.CeremonyOutcome, error) {
	return actors.Ask(ctx, s.tree.Guard, messages.PerformCeremony{By: byDev, Ceremony: m})
}

// addKeys encrypts the devnet keys under the master key, those that are not there yet, and waits until all can sign.
func (d *development) addKeys(ctx context.Context, s *signer) error {
	under, err := actors.Ask(ctx, s.tree.Seal, messages.GetDerivedKey{Purpose: messages.PurposeValidatorKeys})
	if err != nil {
		return err
	}
	defer under.Key.Wipe()
	var rows []sealed.Row
	for i := range devKeys {
		key := devnetKey(i)
		defer key.Wipe()
		row, err := sealed.Seal(key, sealed.Attributes{Status: sealed.Active}, under)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	added, err := s.parts.chamber.Keys.Sealed.Store.Add(ctx, rows)
	if err != nil {
		return err
	}
	if slices.Contains(added, true) { // the signer would find them within a second
		if _, err := actors.Ask(ctx, s.tree.Keys, messages.ReloadKeys{}); err != nil && !errors.Is(err, messages.ErrReloading) {
			return err
		}
	}
	return s.until(ctx, func() (bool, error) { return s.loaded(ctx, rows) })
}

// loaded reports whether all keys can sign. The error names one that never will.
func (s *signer) loaded(ctx context.Context, rows []sealed.Row) (bool, error) {
	ring, err := actors.Ask(ctx, s.tree.Signing, messages.GetSigningRing{})
	if errors.Is(err, messages.ErrUnavailable) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	there := ring.PublicKeys()
	if !slices.ContainsFunc(rows, func(r sealed.Row) bool { return !slices.Contains(there, r.PublicKey) }) {
		return true, nil
	}
	status, err := actors.Ask(ctx, s.tree.Keys, messages.GetKeyStatus{})
	for _, f := range status.Failures {
		if f.Source == s.parts.chamber.Keys.Sealed.Source {
			return false, fmt.Errorf("key %s: %w", f.Name, f.Err)
		}
	}
	return false, err
}

// makeManager makes the management token, with which the commands of the greeting seal the chamber, unless it has one: in the
// same way as "operator generate-root-token".
func (d *development) makeManager(ctx context.Context, s *signer, status messages.SealStatus) error {
	if status.ManagementToken != "" {
		return nil
	}
	if _, err := d.perform(ctx, s, messages.GenerateRootToken{}); err != nil { // it shows a one-time code
		return err
	}
	code, err := d.noted(ctx)
	if err != nil {
		return err
	}
	outcome, err := d.perform(ctx, s, messages.GenerateRootToken{Code: code})
	if err != nil {
		return err
	}
	defer outcome.Wipe()
	return writeSecret(d.managerFile(), outcome.RootToken)
}

func (d *development) managerFile() string { return d.path("management.token") }

func (d *development) tokenFile(operator string) string { return d.path(operator + ".token") }

// writeSecret writes a file that only its owner may read.
func writeSecret(path string, secret messages.Secret) (err error) {
	secret.Use(func(text []byte) { err = os.WriteFile(path, text, 0o600) })
	return err
}
