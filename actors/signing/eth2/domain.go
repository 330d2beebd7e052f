package eth2

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"containment-chamber/messages"
)

// domainType separates the purposes of signatures (consensus-specs §Domain types; builder-specs §Constants), written
// as its four bytes in order.
type domainType uint32

const (
	domainProposer            domainType = 0x00000000
	domainApplicationBuilder  domainType = 0x00000001
	domainAttester            domainType = 0x01000000
	domainRandao              domainType = 0x02000000
	domainDeposit             domainType = 0x03000000
	domainExit                domainType = 0x04000000
	domainSelectionProof      domainType = 0x05000000
	domainAggregateAndProof   domainType = 0x06000000
	domainSyncCommittee       domainType = 0x07000000
	domainSyncSelectionProof  domainType = 0x08000000
	domainContribution        domainType = 0x09000000
	domainBeaconBuilder       domainType = 0x0b000000
	domainBuilderRequestAuth  domainType = 0x0b000001
	domainPTCAttester         domainType = 0x0c000000
	domainProposerPreferences domainType = 0x0d000000
)

// forkData is compute_fork_data_root (consensus-specs specs/phase0/beacon-chain.md).
func forkData(version Version, gvr messages.Root) chunk {
	var fork chunk
	copy(fork[:], version[:])
	return hashPair(fork, gvr)
}

// forkData finds the root of one of the network's own forks, or computes it.
func (d *Decoder) forkData(version Version, gvr messages.Root) chunk {
	if root, known := d.forkRoots[version]; known && gvr == d.network.GenesisValidatorsRoot {
		return root
	}
	return forkData(version, gvr)
}

// signingRoot is compute_signing_root over compute_domain (likewise).
func signingRoot(object chunk, domain domainType, forkData chunk) messages.Root {
	var signed [64]byte
	copy(signed[:32], object[:])
	binary.BigEndian.PutUint32(signed[32:], uint32(domain))
	copy(signed[36:], forkData[:28])
	return sha256.Sum256(signed[:])
}

// forkInfo is the request's fork_info: the fork that the client believes in, and the chain.
type forkInfo struct {
	previous, current Version
	epoch             uint64
	gvr               messages.Root
}

func readForkInfo(request object) (forkInfo, error) {
	info, err := request.child("fork_info")
	if err != nil {
		return forkInfo{}, err
	}
	read, err := readFork(info)
	if err == nil {
		err = info.fixed("genesis_validators_root", read.gvr[:])
	}
	if err == nil && read.gvr.IsZero() {
		err = errors.New("genesis_validators_root: zero is no chain's")
	}
	return read, within("fork_info", err)
}

func readFork(info object) (read forkInfo, err error) {
	fork, err := info.child("fork")
	if err != nil {
		return forkInfo{}, err
	}
	if err = fork.fixed("previous_version", read.previous[:]); err == nil {
		err = fork.fixed("current_version", read.current[:])
	}
	if err == nil {
		read.epoch, err = fork.number("epoch")
	}
	return read, within("fork", err)
}

// versionAt is the version that signs messages of an epoch (consensus-specs get_domain).
func (f forkInfo) versionAt(epoch uint64) Version {
	if epoch < f.epoch {
		return f.previous
	}
	return f.current
}

// exitVersion is the version that signs an exit. Up to Capella it is the epoch's. From Deneb on it is Capella's for
// ever (EIP-7044), whatever fork the client put into fork_info.
func (n Network) exitVersion(info forkInfo, epoch uint64) Version {
	if n.forkOf(info.current) >= Deneb {
		return n.Versions[Capella]
	}
	return info.versionAt(epoch)
}

// guard refuses a request for another chain than the configured one.
func (n Network) guard(claimed messages.Root) error {
	if n.GenesisValidatorsRoot.IsZero() || n.GenesisValidatorsRoot == claimed {
		return nil
	}
	return fmt.Errorf("%w: the request is for genesis validators root %s, this signer for %s (%s)",
		messages.ErrWrongNetwork, claimed, n.GenesisValidatorsRoot, n.Name)
}
