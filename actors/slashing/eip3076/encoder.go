package eip3076

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"

	"containment-chamber/messages"
)

// Encoder writes an interchange file, one row a line, holding none of it in memory.
type Encoder struct {
	out   *bufio.Writer
	count int
}

// NewEncoder begins a file of the chain with this genesis validators root.
func NewEncoder(file io.Writer, root messages.Root) *Encoder {
	e := &Encoder{out: bufio.NewWriter(file)}
	// A bufio.Writer keeps its first error, which Close returns.
	fmt.Fprintf(e.out, "{\n\"metadata\": {\"interchange_format_version\": %q, \"genesis_validators_root\": %q},\n\"data\": [", Version, root)
	return e
}

// History writes one validator, and returns the first error among its rows. What lies below the low watermark is left out, and a row without a root stands at the
// watermark, unless a real one says as much: so whoever imports the file gets the same watermark.
func (e *Encoder) History(key messages.PublicKey, low Floor, all Rows) error {
	if e.count++; e.count > 1 {
		e.out.WriteByte(',')
	}
	fmt.Fprintf(e.out, "\n{\"pubkey\": %q,\n\"signed_blocks\": [", key)
	separator := "\n"
	for b, err := range witnessBlocks(all.Blocks, low) {
		if err != nil {
			return err
		}
		e.out.WriteString(separator + `{"slot": "` + strconv.FormatUint(b.Slot, 10) + `"`)
		separator = e.endRow(b.SigningRoot, b.HasRoot)
	}
	e.out.WriteString("],\n\"signed_attestations\": [")
	separator = "\n"
	for a, err := range witnessAttestations(all.Attestations, low) {
		if err != nil {
			return err
		}
		e.out.WriteString(separator + `{"source_epoch": "` + strconv.FormatUint(a.Source, 10) + `", "target_epoch": "` + strconv.FormatUint(a.Target, 10) + `"`)
		separator = e.endRow(a.SigningRoot, a.HasRoot)
	}
	_, err := e.out.WriteString("]}")
	return err
}

// endRow writes the root, if there is one, and returns what separates this row from the next.
func (e *Encoder) endRow(signed messages.Root, known bool) string {
	if known {
		e.out.WriteString(`, "signing_root": "` + signed.String() + `"`)
	}
	e.out.WriteByte('}')
	return ",\n"
}

// Close ends the file and returns the first error of writing it. It does not close what the file is written to.
func (e *Encoder) Close() error {
	e.out.WriteString("\n]\n}\n")
	return e.out.Flush()
}

// witnessBlocks passes on the rows at the watermark and above it, after one without a root if no real row is at it.
func witnessBlocks(rows iter.Seq2[Block, error], low Floor) iter.Seq2[Block, error] {
	return func(yield func(Block, error) bool) {
		pending := low.Slot > 0
		mark := low.Slot - 1 // used while pending only
		for b, err := range rows {
			if err == nil && pending && b.Slot < mark {
				continue
			}
			if pending && err == nil && b.Slot > mark && !yield(Block{Slot: mark}, nil) {
				return
			}
			pending = false
			if !yield(b, err) {
				return
			}
		}
		if pending {
			yield(Block{Slot: mark}, nil)
		}
	}
}

// witnessAttestations passes on the votes at the watermark and above it. Votes that it leaves out may have a source
// above the watermark's; the row that stands for them has the greatest, so that a vote which surrounds one of them
// surrounds it. That row is needed unless a real one with the watermark's target has such a source.
func witnessAttestations(rows iter.Seq2[Attestation, error], low Floor) iter.Seq2[Attestation, error] {
	return func(yield func(Attestation, error) bool) {
		pending := low.Target > 0
		mark := Attestation{Source: low.Source, Target: low.Target - 1} // used while pending only
		for a, err := range rows {
			switch {
			case err != nil || !pending:
			case a.Target < mark.Target:
				mark.Source = max(mark.Source, a.Source)
				continue
			case a.Target == mark.Target:
				pending = a.Source < mark.Source
			default:
				pending = false
				if !yield(mark, nil) {
					return
				}
			}
			if !yield(a, err) {
				return
			}
		}
		if pending {
			yield(mark, nil)
		}
	}
}
