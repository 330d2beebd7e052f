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

// signingRoot is compute_signing_root over compute_domain (consensus-specs specs/phase0/beacon-chain.md).
func signingRoot(object chunk, domain domainType, version Version, gvr messages.Root) messages.Root {
	var fork chunk
	copy(fork[:], version[:])
	forkData := hashPair(fork, gvr)

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
	gvr, err := info.fixed("genesis_validators_root", len(messages.Root{}))
	if err != nil {
		return forkInfo{}, within("fork_info", err)
	}
	if messages.Root(gvr).IsZero() {
		return forkInfo{}, errors.New("fork_info: genesis_validators_root: zero is no chain's")
	}
	read, err := readFork(info)
	read.gvr = messages.Root(gvr)
	return read, within("fork_info", err)
}

func readFork(info object) (forkInfo, error) {
	fork, err := info.child("fork")
	if err != nil {
		return forkInfo{}, err
	}
	previous, err := fork.fixed("previous_version", len(Version{}))
	if err != nil {
		return forkInfo{}, within("fork", err)
	}
	current, err := fork.fixed("current_version", len(Version{}))
	if err != nil {
		return forkInfo{}, within("fork", err)
	}
	epoch, err := fork.number("epoch")
	if err != nil {
		return forkInfo{}, within("fork", err)
	}
	return forkInfo{previous: Version(previous), current: Version(current), epoch: epoch}, nil
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
