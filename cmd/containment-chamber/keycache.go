package main

import (
	"fmt"

	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/cache"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// cacheKeys puts a cache before the keystores, if one is configured. A cache that is of no use costs a line of the log and
// the time to decrypt everything; one whose key is missing is a mistake, and ends the start.
func (s *signer) cacheKeys(env []string, cfg config.KeyCache, to *keys.Config) error {
	if cfg.Path == "" {
		return nil
	}
	log := s.log.With("target", messages.TargetKeys, "path", cfg.Path)
	secret, err := dereference(cfg.Key, env, warning(log))
	if err != nil {
		return fmt.Errorf("key_sources.filesystem.cache.key: %w", err)
	}
	defer clear(secret)
	key, err := cache.ParseKey(secret)
	if err != nil {
		return fmt.Errorf("key_sources.filesystem.cache.key: %s: %w", cfg.Key, err)
	}
	c, err := cache.Open(cfg.Path, key)
	if err != nil {
		log.Warn("key cache ignored, every keystore is decrypted", "cause", err)
	} else {
		log.Info("key cache opened", "keystores", c.Len())
	}
	to.Load = func(candidate directory.Candidate) (*bls.SecretKey, error) { return candidate.LoadThrough(c) }
	to.Loaded = func(inUse []messages.PublicKey) {
		if written, err := c.Save(inUse); err != nil {
			log.Error("key cache not written, the next start will decrypt every keystore", "cause", err)
		} else if written {
			log.Info("key cache written")
		}
	}
	return nil
}
