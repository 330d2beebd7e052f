package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"containment-chamber/actors/secmem"
	"containment-chamber/actors/signing/eth2"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// trust is what a slashing-protection store is compared with: the chain, the marks of rows, and what was seen before. It
// outlives the store, which is opened anew after a failure.
type trust struct {
	chain   messages.Root
	marks   *eip3076.Marker
	witness *eip3076.Witness
}

// slashingConfig configures slashing protection, up to what the chamber adds. A key that is configured goes before the
// master key: plain key files can sign with it while the chamber is sealed.
func (s *signer) slashingConfig(network eth2.Network, env []string) (slashing.Config, error) {
	cfg, log := s.cfg, s.log
	own := cfg.AntiSlashing
	with := trust{chain: network.GenesisValidatorsRoot, marks: &eip3076.Marker{}, witness: eip3076.NewWitness()}
	to := slashing.Config{
		Open: s.openStore(with), Timeout: cfg.HTTP.RequestTimeout, Marks: with.marks, UnderMasterKey: underMasterKey(cfg),
		Pruning: slashing.Pruning{
			Keep:  eip3076.Retention{KeepEpochs: uint64(own.Prune.KeepEpochs), SlotsPerEpoch: network.Preset.SlotsPerEpoch},
			Every: own.Prune.Interval,
		},
	}
	if own.Backend == config.BackendNoop {
		return to, nil
	}
	if own.HmacKey != "" {
		key, err := rowKey(log, own.HmacKey, env)
		if err != nil {
			return to, fmt.Errorf("anti_slashing.hmac_key: %w", err)
		}
		with.marks.Key = key
	}
	if own.HighWaterFile == "" {
		return to, nil
	}
	var err error
	if to.HighWater, err = slashing.LoadHighWater(own.HighWaterFile, with.chain, with.witness); err != nil {
		err = fmt.Errorf("anti_slashing.high_water_file: %w", err)
	}
	return to, err
}

// underMasterKey reports whether the key that authenticates rows comes from the master key.
func underMasterKey(cfg *config.Config) bool {
	return cfg.SignerState.Backend != config.BackendNone && cfg.AntiSlashing.HmacKey == "" && cfg.AntiSlashing.Backend != config.BackendNoop
}

var errRowKey = errors.New("it has to be 32 random bytes: raw, as 64 hexadecimal digits, or in base64")

// rowKey reads a key for rows into locked memory.
func rowKey(log *slog.Logger, reference string, env []string) (messages.Key32, error) {
	text, err := dereference(reference, env, warning(log))
	if err != nil {
		return nil, err
	}
	defer clear(text)
	key, err := new(secmem.Arena).New()
	if err != nil {
		return nil, err
	}
	key.Use(func(to *[secmem.Size]byte) { err = decodeRowKey(to, text) })
	if err != nil {
		key.Wipe()
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	return key, nil
}

func decodeRowKey(to *[secmem.Size]byte, text []byte) error {
	if len(text) == len(to) {
		copy(to[:], text)
		return nil
	}
	text = bytes.TrimSpace(text)
	if digits := bytes.TrimPrefix(text, []byte("0x")); len(digits) == hex.EncodedLen(len(to)) {
		if _, err := hex.Decode(to[:], digits); err != nil {
			return errRowKey
		}
		return nil
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	defer clear(decoded)
	n, err := base64.StdEncoding.Decode(decoded, text)
	if err != nil || n != len(to) {
		return errRowKey
	}
	copy(to[:], decoded)
	return nil
}
