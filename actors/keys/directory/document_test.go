package directory

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	type part struct {
		Text string
		Line int
	}
	tests := map[string]struct {
		text string
		want []part
	}{
		"nothing":          {"", nil},
		"comments":         {"# a\n---\n\n  # b\n---", nil},
		"one":              {"a: b", []part{{"a: b", 1}}},
		"a marker first":   {"---\na: b\n", []part{{"\na: b\n", 1}}},
		"a marker last":    {"a: b\n---\n", []part{{"a: b\n", 1}}},
		"two":              {"a: b\n---\nc: d\n", []part{{"a: b\n", 1}, {"\nc: d\n", 2}}},
		"an empty between": {"a: b\n---\n---\t#\n---\nc: d", []part{{"a: b\n", 1}, {"\nc: d", 4}}},
		"CRLF":             {"a: b\r\n---\r\nc: d", []part{{"a: b\r\n", 1}, {"\r\nc: d", 2}}},
		"on the marker":    {"--- {a: b}\n", []part{{" {a: b}\n", 1}}},
		"no markers":       {"a: b\n----\n--- c\n ---\n---d", []part{{"a: b\n----\n", 1}, {" c\n ---\n---d", 3}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []part
			for _, d := range split([]byte(test.text)) {
				got = append(got, part{string(d.text), d.line})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("split (-want +got):\n%s", diff)
			}
		})
	}
}

// No document panics the parser, and none shows in an error.
func FuzzDescriptor(f *testing.F) {
	const secret = "5ec2e75ec2e75ec2e7"
	f.Add("type: file-raw\nprivateKey: " + secret)
	f.Add("type: file-keystore\nkeystoreFile: k.json\nkeystorePasswordFile: k.txt\n---\ntype: file-raw\nprivateKey: 0x" + secret)
	f.Add("--- {type: file-raw, privateKey: \"" + secret + "\"}\n...\n")
	f.Add("type: &a hashicorp\ntoken: *a\n" + secret + ": x")
	f.Add("type: |\n  file-raw\n? privateKey\n: !!str " + secret)
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range split([]byte(text)) {
			if _, err := parseDescriptor(d); err != nil && strings.Contains(err.Error(), secret) {
				t.Fatalf("shown: %v", err)
			}
		}
	})
}
