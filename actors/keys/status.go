package keys

import (
	"slices"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// status says how loading stands.
func (o *owner) status() messages.KeyStatus {
	l, files, served := o.loading, o.kept.ring.Len(), o.kept.served.Len()
	s := messages.KeyStatus{
		Loaded: served, Found: l.found, Duplicates: max(0, len(o.kept.sources)-files), Loading: !l.finished, Failures: l.failures,
		Sources: []messages.KeySource{{Name: directory.Source, Loaded: files}},
	}
	if o.cfg.Sealed.Store == nil {
		return s
	}
	rows := o.kept.shelf.rows
	s.Sealed = len(o.locked())
	s.Found += len(rows)
	s.Sources = append(s.Sources, messages.KeySource{Name: o.cfg.Sealed.Source, Loaded: served - files, Sealed: s.Sealed})
	for _, row := range rows {
		if _, double := o.kept.ring.Key(row.PublicKey); double {
			s.Duplicates++
		}
	}
	s.Failures = append(slices.Clip(s.Failures), o.vault.failures(o.kept.shelf, o.cfg.Sealed.Source)...)
	return s
}
