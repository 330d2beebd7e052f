package eth2

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// Fork is an upgrade of the consensus layer, in order of activation.
type Fork uint8

// The forks. Heze is the newest that clients name today.
const (
	Phase0 Fork = iota
	Altair
	Bellatrix
	Capella
	Deneb
	Electra
	Fulu
	Gloas
	Heze

	forkCount = int(Heze) + 1
)

var forkNames = [forkCount]string{
	"PHASE0", "ALTAIR", "BELLATRIX", "CAPELLA", "DENEB", "ELECTRA", "FULU", "GLOAS", "HEZE",
}

// String returns the name that a request's version has: upper-case.
func (f Fork) String() string {
	if int(f) >= forkCount {
		return "UNKNOWN"
	}
	return forkNames[f]
}

// parseFork reads a fork's name in any case.
func parseFork(name string) (Fork, bool) {
	for i, known := range forkNames {
		if strings.EqualFold(known, name) {
			return Fork(i), true
		}
	}
	return 0, false
}

// Version is a fork version as signing domains have it: 4 bytes that differ from chain to chain.
type Version [4]byte

// String returns 0x and 8 lower-case hex digits.
func (v Version) String() string { return "0x" + hex.EncodeToString(v[:]) }

func versionOf(number uint32) (v Version) {
	binary.BigEndian.PutUint32(v[:], number)
	return v
}
