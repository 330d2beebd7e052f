package eth2_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestForkBoundary: an epoch before fork.epoch takes the previous version, any other the current one.
func TestForkBoundary(t *testing.T) {
	const slotRoot = "0x" // the root of a slot is the slot, little-endian
	for _, test := range []struct {
		network string
		slot    string
		little  string
		current bool
	}{
		{"mainnet", "319", "3f01", false}, {"mainnet", "320", "4001", true},
		{"minimal", "79", "4f00", false}, {"minimal", "80", "5000", true},
		{"gnosis", "159", "9f00", false}, {"gnosis", "160", "a000", true},
	} {
		network := minimal(t)
		if test.network != "minimal" {
			network = mustBuiltin(t, test.network)
			network.GenesisValidatorsRoot = messages.Root{}
		}
		body := request{
			"type": "AGGREGATION_SLOT", "fork_info": fork("0x0000aaaa", "0x0000bbbb", "10"),
			"aggregation_slot": request{"slot": test.slot},
		}.body(t)
		version := "0x0000aaaa"
		if test.current {
			version = "0x0000bbbb"
		}
		want := signed(t, slotRoot+test.little+strings.Repeat("00", 30), "0x05000000", version, mainnetRoot)
		if duty, err := eth2.NewDecoder(network).Decode(body); err != nil || duty.SigningRoot != want {
			t.Errorf("%s slot %s: %s, %v, want %s signed by %s", test.network, test.slot, duty.SigningRoot, err, want, version)
		}
	}
}

// TestAttestationEpochIsItsTargets: neither slot nor source decide on the version.
func TestAttestationEpochIsItsTargets(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	root := func(forkInfo request) messages.Root {
		duty, err := decoder.Decode(attestation().with("fork_info", forkInfo).body(t))
		if err != nil {
			t.Fatal(err)
		}
		return duty.SigningRoot
	}
	old, young := root(chain("0x05000000")), root(chain("0x06000000"))
	if got := root(fork("0x05000000", "0x06000000", "2")); got != young {
		t.Errorf("target epoch at the fork: %s, want %s", got, young)
	}
	if got := root(fork("0x05000000", "0x06000000", "3")); got != old {
		t.Errorf("target epoch before the fork: %s, want %s", got, old)
	}
}

func TestOtherChainIsRefused(t *testing.T) {
	network := mustBuiltin(t, "mainnet")
	other := chain("0x06000000").with("genesis_validators_root", someRoot)
	duty, err := eth2.NewDecoder(network).Decode(attestation().with("fork_info", other).body(t))
	if !errors.Is(err, messages.ErrWrongNetwork) || !strings.Contains(err.Error(), someRoot) || !strings.Contains(err.Error(), mainnetRoot) {
		t.Errorf("%v, want a wrong network that names both roots", err)
	}
	if duty.GenesisValidatorsRoot.String() != someRoot || duty.Operation != messages.Attestation {
		t.Errorf("duty %+v does not tell what was asked", duty)
	}

	network.GenesisValidatorsRoot = messages.Root{}
	duty, err = eth2.NewDecoder(network).Decode(attestation().with("fork_info", other).body(t))
	if err != nil || duty.GenesisValidatorsRoot.String() != someRoot {
		t.Errorf("unknown chain: %+v, %v, want the claim to pass", duty, err)
	}
	_, err = eth2.NewDecoder(network).Decode(attestation().with("fork_info", other.with("genesis_validators_root", zeroRoot)).body(t))
	if !errors.Is(err, messages.ErrMalformed) {
		t.Errorf("zero root: %v, want malformed", err)
	}
}

func exit(previous, current, forkEpoch, epoch string) request {
	return request{
		"type": "VOLUNTARY_EXIT", "fork_info": fork(previous, current, forkEpoch),
		"voluntary_exit": request{"epoch": epoch, "validator_index": "0"},
	}
}

// TestExitVersion has one row for each client's habit (EIP-7044).
func TestExitVersion(t *testing.T) {
	const (
		genesis, bellatrix, capella = "0x00000000", "0x02000000", "0x03000000"
		deneb, electra, fulu        = "0x04000000", "0x05000000", "0x06000000"
	)
	for _, test := range []struct {
		habit                                     string
		previous, current, forkEpoch, epoch, want string
	}{
		{"Teku, Prysm: the current fork", electra, fulu, "411392", "411394", capella},
		{"the current fork, exit before it", electra, fulu, "411392", "411390", capella},
		{"Lighthouse: Capella twice, signing epoch", capella, capella, "411394", "411394", capella},
		{"Lodestar, SSV: Capella since some epoch", bellatrix, capella, "5", "411394", capella},
		{"Vero: the Capella fork", bellatrix, capella, "194048", "411394", capella},
		{"Nimbus: Capella twice, epoch 0", capella, capella, "0", "411394", capella},
		{"first Deneb epoch", capella, deneb, "269568", "269568", capella},
		{"in Deneb, exit of Capella", capella, deneb, "269568", "269567", capella},
		{"in Capella", bellatrix, capella, "194048", "194048", capella},
		{"in Capella, exit of Bellatrix", bellatrix, capella, "194048", "194047", bellatrix},
		{"at genesis", genesis, genesis, "0", "1", genesis},
		{"a fork that is not known yet", fulu, "0x99000000", "900000", "900001", capella},
	} {
		network := mustBuiltin(t, "mainnet")
		body := exit(test.previous, test.current, test.forkEpoch, test.epoch)
		duty, err := eth2.NewDecoder(network).Decode(body.body(t))
		if err != nil {
			t.Errorf("%s: %v", test.habit, err)
			continue
		}
		same, err := eth2.NewDecoder(network).Decode(exit(test.want, test.want, "0", test.epoch).body(t))
		if err != nil {
			t.Fatal(err)
		}
		if duty.SigningRoot != same.SigningRoot {
			t.Errorf("%s: %s, want %s signed by %s", test.habit, duty.SigningRoot, same.SigningRoot, test.want)
		}
		if claimed := body.with("signingRoot", duty.SigningRoot); test.current > capella {
			unlawful := signedExit(t, network, body, test.current)
			_, err := eth2.NewDecoder(network).Decode(claimed.with("signingRoot", unlawful).body(t))
			if !errors.Is(err, messages.ErrRootMismatch) {
				t.Errorf("%s: a claim for %s: %v, want a mismatch", test.habit, test.current, err)
			}
		}
	}
}

// signedExit is the root that the exit would have under a version that must not sign it: a network where that
// version is Capella's computes it.
func signedExit(t *testing.T, network eth2.Network, body request, version string) messages.Root {
	t.Helper()
	network.Versions[eth2.Capella] = eth2.Version(unhex(t, version))
	duty, err := eth2.NewDecoder(network).Decode(body.with("fork_info", chain("0x07000000")).body(t))
	if err != nil {
		t.Fatal(err)
	}
	return duty.SigningRoot
}
