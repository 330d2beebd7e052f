// Package keys owns the key ring: it finds the keys of the filesystem, decrypts them, and hands the ring to whoever
// signs. How a file is read lives below, in directory and keystore; what a key is, in bls.
//
// # What it guarantees
//
//   - A ring that was handed out never changes; a new one is announced by messages.KeysChanged. Keys are served while
//     others are still being decrypted.
//   - One bad file stops nobody: it is named in messages.KeyStatus and logged once.
//   - What decrypts at the same time is bounded by the number of loaders and by their memory: a scrypt keystore takes
//     256 MiB while it is open.
//   - A reload (messages.ReloadKeys) adds keys as they are decrypted, and decrypts nothing that is loaded already. At its
//     end it removes those keys that no file gives any more: because the file is gone, as directory.Listing.Gone judges
//     it, or because it holds another key, which was loaded. A file that fails in any of its parts keeps all keys that it
//     gave, and a file that fails keeps the key that it claims. A reload that crashes removes nothing.
//   - The keys are wiped when the actor stops, which is after the signing actor has.
//   - Keys of files never depend on the seal. Keys under the master key are opened when the chamber comes into a state that
//     signs, and whenever their store has changed. When the answer to messages.DropSecrets goes out, each of them is wiped,
//     also in the rings that were handed out before, nobody is opening another, and the ring that is handed out is without
//     them. While they are sealed it knows their public keys.
//   - A row that gives no key is named, and hides no other. A key that a file gives as well is the file's.
//
// # Decisions
//
// Reading a file is dangerous work, so it is done by temporary children: a loader that crashes costs the one file that
// it had in hand. They pull, one file at a time, so the next file goes to whoever is free.
//
// The ring and the list of files that it came from outlive a crash of this actor: a validator must not miss duties for
// the hour in which 10,000 keystores are decrypted again. The incarnation that follows reads the sources once more, and
// only adds: to remove a key takes somebody who asks for it.
//
// A removed key is refused from the moment when the signing actor has the new ring. Signatures under way are finished
// with the old one. Nobody knows when the last of them is done, so the key is not wiped here, but by the garbage
// collector, once nothing refers to it (see package bls).
//
// The keys under the master key do not outlive a crash of this actor: while it is down nobody could be told to drop them.
// The next incarnation opens them again, ten thousand in a second or two. For the same reason a crash of the seal, which
// comes back sealed, wipes them. The derived key is asked for when there is something to open, and wiped thereafter.
//
// The store of sealed keys tells by its revision that nothing has changed, so that it can be asked every second.
//
// There is one loading at a time, and no limit to how long it takes: a file system that hangs shows as "running", and the
// ring serves on.
package keys

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// Config says where keys come from, and what loading them may cost.
type Config struct {
	// Scan lists what the sources hold. It runs in a child of its own.
	Scan func() directory.Listing
	// Loaders is how many files are decrypted at the same time, at least 1.
	Loaders int
	// Memory is how many bytes all decryptions together may take; one alone is always allowed.
	Memory int64
	// Load is how a candidate becomes a key: its own Load when nil. Loaders call it at the same time.
	Load func(directory.Candidate) (*bls.SecretKey, error)
	// Loaded is called, in a child of its own, with the keys in the ring when all sources were read. Optional.
	Loaded func([]messages.PublicKey)
	// Sealed says where keys under the master key are.
	Sealed Sealed
}

// Spec describes the keys actor. The ring that it loads belongs to the Spec, over all incarnations.
func Spec(cfg Config) actors.Spec {
	kept := &holding{
		ring: bls.NewRing(), served: bls.NewRing(), sources: map[source]origin{}, reload: messages.ReloadStatus{State: messages.ReloadIdle},
		shelf: shelf{told: map[messages.PublicKey]bool{}},
	}
	if cfg.Load == nil {
		cfg.Load = directory.Candidate.Load
	}
	return actors.Spec{
		Name: "keys",
		New:  func() actors.Actor { return &owner{cfg: cfg, kept: kept, vault: newVault()} },
		// Health probes and the signing actor ask, a few a second.
		Mailbox: 256,
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 200 * time.Millisecond, Cap: 10 * time.Second},
		Readies: true,
	}
}

// holding is what survives a crash. Sources change together with the ring, in one turn.
type holding struct {
	ring    *bls.Ring // of the files
	sources map[source]origin
	served  *bls.Ring // that is handed out: of the files and the open ones under the master key
	shelf   shelf
	serving bool // the files were read, or have taken long enough
	// reload is how the last reload went; reloading is true while one is under way.
	reload    messages.ReloadStatus
	reloading bool
}

// source says that a file, or a document in it, gives a key.
type source struct {
	name   string // of the candidate
	public messages.PublicKey
}

// origin is what is needed to find out whether a source still gives its key.
type origin struct {
	place       directory.Place
	fingerprint [32]byte
}

// publishEvery bounds how long a decrypted key waits to be served, and how often a growing ring is copied.
const publishEvery = 100 * time.Millisecond

// readyAfter is how long a fresh signer waits for its keys before it begins to serve those that it has: most sources
// are read by then, and a client that asks for a key too early would give its duty up.
const readyAfter = 5 * time.Second

// owner is one incarnation.
type owner struct {
	cfg      Config
	kept     *holding
	loading  *loading                           // the last one, finished or not
	children int                                // ever made: their names are never used twice
	asked    []actors.Promise[messages.KeyRing] // before the ring was served
	vault    vault
	stopped  bool
}

// Receive implements actors.Actor.
func (o *owner) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		o.recall()
		o.begin(c, false)
		o.watch(c)
	case messages.GetKeyRing:
		o.asked = append(o.asked, actors.Defer(c, m))
		o.answer(c)
	case messages.DropSecrets[messages.Keys]:
		o.drop(c, m)
	case messages.GetKeyStatus:
		actors.Answer(c, m, o.status())
	case messages.ReloadKeys:
		o.reload(c, m)
	case messages.GetReloadStatus:
		actors.Answer(c, m, o.reloadStatus())
	case scanned:
		o.plan(c, m)
	case loaded:
		o.take(c, m)
	case listed:
		o.shelve(c, m)
	case opened:
		o.takeOpened(c, m)
	case actors.ChildEnded:
		o.childEnded(c, m)
	case actors.Ended:
		o.end(m)
	}
}

// Abandon implements actors.Holder.
func (o *owner) Abandon(err error) {
	for _, p := range o.asked {
		p.Fail(err)
	}
	for _, p := range o.vault.dropping {
		p.Fail(err)
	}
}

// Drain implements actors.Drainer: what is being read is waited for, and nothing else is begun.
func (o *owner) Drain(c *actors.Context) {
	o.stopped = true
	o.loading.dismiss()
	if o.vault.pass != nil {
		o.vault.pass.cancel()
	}
	c.Drained()
}

// serve lets the ring be handed out from now on.
func (o *owner) serve(c *actors.Context) {
	o.publish(c)
	o.kept.serving = true
	o.answer(c)
}

// answer hands the ring out, unless a source was not looked at yet: a client that is told too early that there is no such
// key gives its duty up.
func (o *owner) answer(c *actors.Context) {
	if !o.kept.serving || o.cfg.Sealed.Store != nil && !o.kept.shelf.listed {
		return
	}
	for _, p := range o.asked {
		p.Resolve(o.kept.served)
	}
	o.asked = nil
	c.Ready()
}

// end wipes the keys, unless the next incarnation will go on with them.
func (o *owner) end(m actors.Ended) {
	for _, f := range o.loading.fresh {
		f.key.Wipe()
	}
	o.loading.dismiss()
	o.vault.end()
	o.assemble()
	if m.Crashed {
		return
	}
	o.kept.ring.Each((*bls.SecretKey).Wipe)
}
