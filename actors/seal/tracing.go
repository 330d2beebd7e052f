package seal

import (
	"context"
	"log/slog"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/messages"
)

// traced has the calls that a job makes told as parts of the step that makes them, if somebody traces it. The automatic
// opening is nobody's ceremony, and is not traced.
func (w *work) traced() {
	if w.within = w.trace; w.within.Sampled {
		cfg := *w.cfg
		cfg.Store, cfg.Keys = tracedStore{w}, tracedKeys{w}
		w.untraced, w.cfg = w.cfg, &cfg
	}
}

// part does something as a part of what is being done.
func (w *work) part(name string, about slog.Attr, do func() error) error {
	whole := w.within
	part := whole.Part(name)
	w.within = part.Trace
	err := do()
	w.within = whole
	part.End(w.publish, about, err)
	return err
}

// proof does what takes a credential, under the name of what makes it take its time.
func (w *work) proof(of messages.Credential, do func() error) error {
	name := "argon2id"
	if of.Passphrase.Empty() {
		name = "yubikey response"
	}
	return w.part(name, slog.Attr{}, do)
}

// tracedStore is the store of a job that is traced.
type tracedStore struct{ of *work }

var _ Store = tracedStore{}

// Read implements Store.
func (t tracedStore) Read(ctx context.Context) (version uint64, body []byte, err error) {
	err = t.of.part("state read", slog.Attr{}, func() error {
		version, body, err = t.of.untraced.Store.Read(ctx)
		return err
	})
	return version, body, err
}

// Write implements Store.
func (t tracedStore) Write(ctx context.Context, version uint64, body []byte) error {
	return t.of.part("state write", slog.Attr{}, func() error { return t.of.untraced.Store.Write(ctx, version, body) })
}

// tracedKeys opens keys whose calls are traced. The action is named as metrics have it.
type tracedKeys struct{ of *work }

var _ opening.Keys = tracedKeys{}

// Open implements opening.Keys.
func (t tracedKeys) Open(ctx context.Context, reference kek.Reference) (kek.Key, error) {
	key, err := t.of.untraced.Keys.Open(ctx, reference)
	if err != nil {
		return nil, err
	}
	return tracedKey{key, t.of}, nil
}

type tracedKey struct {
	key kek.Key
	of  *work
}

var _ kek.Key = tracedKey{}

// Wrap implements kek.Key.
func (t tracedKey) Wrap(ctx context.Context, plaintext []byte, binding kek.Binding) (ciphertext []byte, err error) {
	err = t.call(kek.ActionEncrypt, func() error {
		ciphertext, err = t.key.Wrap(ctx, plaintext, binding)
		return err
	})
	return ciphertext, err
}

// Unwrap implements kek.Key.
func (t tracedKey) Unwrap(ctx context.Context, ciphertext []byte, binding kek.Binding) (plaintext []byte, err error) {
	err = t.call(kek.ActionDecrypt, func() error {
		plaintext, err = t.key.Unwrap(ctx, ciphertext, binding)
		return err
	})
	return plaintext, err
}

// Check implements kek.Key.
func (t tracedKey) Check(ctx context.Context) error {
	return t.call(kek.ActionDescribeKey, func() error { return t.key.Check(ctx) })
}

// call is a part that has no parts: keys are called at the same time, and must not move what is being done.
func (t tracedKey) call(action string, do func() error) error {
	part := t.of.within.Part("kms call")
	err := do()
	part.End(t.of.publish, slog.String("action", action), err)
	return err
}
