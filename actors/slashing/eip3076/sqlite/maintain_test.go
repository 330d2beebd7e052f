package sqlite_test

import (
	"context"
	"strings"
	"testing"
)

func TestVerifyFindsWhatIsWrongWithRows(t *testing.T) {
	for damage, want := range map[string]string{
		"UPDATE validators SET floor_slot = 0":                              "no low watermark",
		"UPDATE blocks SET scheme = 7":                                      "its scheme is 7",
		"PRAGMA foreign_keys = OFF; DELETE FROM validators":                 "belongs to no validator",
		"PRAGMA ignore_check_constraints = ON; UPDATE blocks SET slot = -1": "CHECK constraint failed",
	} {
		path := closed(t)
		edit(t, path, damage)
		report, err := open(t, path).Verify(context.Background())
		if err != nil || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Err.Error(), want) {
			t.Errorf("%s: %+v, %v", damage, report.Findings, err)
		}
	}
}
