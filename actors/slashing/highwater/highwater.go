// Package highwater keeps, in a file of this machine, how far the slashing-protection history of each validator reached.
// A store that has gone back in time while the signer was away cannot pass for a whole one then.
//
// # Guarantees
//
//   - The file is replaced as a whole (a temporary file, fsync, rename, fsync of the directory): a crash leaves the old
//     one or the new one.
//   - A file that is cut short, edited by accident, or of another chain is refused, and the error says what to do.
//
// # Decisions
//
// The file is text with a checksum: whoever has to find out what happened can read it. The checksum is against accidents.
// Who can edit this file can also delete it, and a file that is not there is the first start; the marks of rows, not this
// file, are what stands against somebody who writes to the store.
package highwater

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	head = "containment-chamber high water 1\n"
	tail = "sha256 "
)

// ErrRefused says that the file is not what was written.
var ErrRefused = errors.New("high-water file refused")

// Read returns what the file at path holds of a chain, and that chain; a chain of zero is any. A file that is not there
// holds nothing.
func Read(path string, chain messages.Root) (of messages.Root, reach map[messages.PublicKey]eip3076.Floor, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return chain, nil, nil
	}
	if err != nil {
		return of, nil, err
	}
	of, reach, err = parse(text)
	if err != nil {
		return of, nil, fmt.Errorf("%w: %s: %w: put a backup of it in its place, or, if you are sure that the slashing-protection store has lost nothing, move it away",
			ErrRefused, path, err)
	}
	if !chain.IsZero() && !of.IsZero() && of != chain {
		return of, nil, fmt.Errorf("%w: %s: it is of the genesis validators root %v, the configured one is %v: name another file, or fix the network", ErrRefused, path, of, chain)
	}
	return of, reach, nil
}

func parse(text []byte) (chain messages.Root, reach map[messages.PublicKey]eip3076.Floor, err error) {
	if !bytes.HasPrefix(text, []byte(head)) {
		return chain, nil, errors.New("it is no high-water file of a version that this program knows")
	}
	at := bytes.LastIndex(text, []byte("\n"+tail))
	if at < 0 || !bytes.Equal(text[at+1:], checksum(text[:at+1])) {
		return chain, nil, errors.New("it is damaged")
	}
	lines := bufio.NewScanner(bytes.NewReader(text[len(head) : at+1]))
	lines.Scan()
	var root string
	if _, err := fmt.Sscanf(lines.Text(), "genesis_validators_root %s", &root); err != nil {
		return chain, nil, err
	}
	if chain, err = messages.ParseRoot(root); err != nil {
		return chain, nil, err
	}
	reach = map[messages.PublicKey]eip3076.Floor{}
	for lines.Scan() {
		var name string
		var f eip3076.Floor
		if _, err := fmt.Sscanf(lines.Text(), "%s %d %d %d", &name, &f.Slot, &f.Source, &f.Target); err != nil {
			return chain, nil, err
		}
		key, err := messages.ParsePublicKey(name)
		if err != nil {
			return chain, nil, err
		}
		reach[key] = f
	}
	return chain, reach, lines.Err()
}

func checksum(text []byte) []byte { return fmt.Appendf(nil, "%s%x\n", tail, sha256.Sum256(text)) }

// Write replaces the file at path.
func Write(path string, chain messages.Root, reach map[messages.PublicKey]eip3076.Floor) (err error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%sgenesis_validators_root %v\n", head, chain)
	for _, key := range eip3076.InOrder(slices.Collect(maps.Keys(reach))) {
		f := reach[key]
		fmt.Fprintf(&text, "%v %d %d %d\n", key, f.Slot, f.Source, f.Target)
	}
	text.Write(checksum(text.Bytes()))
	next, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(next.Name()) // the first error tells more
		}
	}()
	_, err = next.Write(text.Bytes())
	if err = errors.Join(err, next.Sync(), next.Close()); err != nil {
		return err
	}
	if err := os.Rename(next.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
