package directory

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxPassword is far above any password.
const maxPassword = 64 << 10

// findPassword returns the password file of a plain keystore: the first that exists in the order of the package comment.
func (o Options) findPassword(keystorePath string) (string, error) {
	places := o.passwordPlaces(keystorePath)
	for _, place := range places {
		info, err := os.Stat(place)
		// What is there but cannot be examined is chosen too: Load then says why it cannot be read.
		if err == nil && !info.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return place, nil
		}
	}
	return "", fmt.Errorf("no password file, looked for %s", strings.Join(places, ", "))
}

func (o Options) passwordPlaces(keystorePath string) []string {
	dir, name := filepath.Split(keystorePath)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	places := []string{filepath.Join(dir, name+".txt"), filepath.Join(dir, name+".password")}
	if _, ok := keyName(filepath.Base(dir)); ok {
		places = append(places, filepath.Join(dir, "..", "..", "secrets", filepath.Base(dir)))
	}
	if o.PasswordDir != "" {
		places = append(places, filepath.Join(o.PasswordDir, name+".txt"))
	}
	if o.PasswordFile != "" {
		places = append(places, o.PasswordFile)
	}
	return append(places, filepath.Join(dir, "password.txt"), filepath.Join(dir, "password"))
}

// readPassword returns the first line of a file. The caller must wipe it.
func readPassword(path string) ([]byte, error) {
	content, err := read(path, maxPassword)
	if err != nil {
		return nil, err
	}
	line, rest, _ := bytes.Cut(content, []byte("\n"))
	clear(rest)
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return nil, errors.New("its first line is empty, but must be the password")
	}
	return line, nil
}
