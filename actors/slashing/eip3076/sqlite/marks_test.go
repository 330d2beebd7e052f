package sqlite_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
)

// damage does to a row what the suite asks for.
func damage(t *testing.T, store eip3076.Store, d storetest.Damage) bool {
	of := fmt.Sprintf("validator = (SELECT id FROM validators WHERE public_key = X'%s') AND", strings.TrimPrefix(d.Key.String(), "0x"))
	table, where := "blocks", fmt.Sprintf("%s slot = %d", of, d.At)
	content := "signing_root = CAST(substr(signing_root, 1, 31) || X'02' AS BLOB)"
	switch d.Kind {
	case eip3076.RowAttestation:
		table, where = "attestations", fmt.Sprintf("%s target_epoch = %d", of, d.At)
	case eip3076.RowWatermark:
		table, where = "validators", strings.Replace(strings.TrimSuffix(of, " AND"), "validator =", "id =", 1)
		content = "floor_slot = 1, floor_source = 1, floor_target = 1"
	}
	change := map[storetest.Harm]string{
		storetest.Edited:    content,
		storetest.Unmarked:  "scheme = 0, mac = NULL",
		storetest.Foreign:   "scheme = 7",
		storetest.ShortMAC:  "mac = substr(mac, 1, 3)",
		storetest.ShortRoot: "signing_root = substr(signing_root, 1, 3)",
	}[d.Harm]
	if d.Kind == eip3076.RowWatermark && d.Harm == storetest.ShortRoot {
		return false
	}
	sqlite.Edit(t, store.(*sqlite.Store), "UPDATE "+table+" SET "+change+" WHERE "+where)
	return true
}

// snapshot keeps the files as they are.
func snapshot(t *testing.T, store eip3076.Store) func() {
	path := sqlite.Path(store.(*sqlite.Store))
	kept := map[string][]byte{}
	for _, name := range []string{path, path + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept[name] = content
	}
	return func() {
		for name, content := range kept {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
