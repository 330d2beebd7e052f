package main

import (
	"fmt"
	"os"
	"path/filepath"

	"containment-chamber/actors/keys/keystore"
)

// devPassword protects the devnet keystores, whose keys everyone knows.
const devPassword = "devnet"

// writeKeystores writes the devnet keys as the operators are to import them.
func (d *development) writeKeystores() error {
	if err := os.MkdirAll(d.path("keystores"), 0o700); err != nil {
		return err
	}
	for i := range devKeys {
		text, err := keystore.Encrypt(interopSecret(uint64(i)), []byte(devPassword), keystore.Config{KDF: keystore.PBKDF2, Cost: 1024})
		if err != nil {
			return err
		}
		name := filepath.Join(d.path("keystores"), fmt.Sprintf("devnet-%d", i))
		for suffix, content := range map[string][]byte{".json": text, ".txt": []byte(devPassword)} {
			if err := os.WriteFile(name+suffix, content, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// ceremonies greets those who are to open the chamber: with all that there is to play when it is new, and otherwise with
// the next command.
func (g greeting) ceremonies() string {
	text := g.head("three operators of whom two open a chamber, in ./" + g.dir)
	if !g.made {
		return text + g.where()
	}
	return text + fmt.Sprintf(`
  Paste these into another terminal, in this directory, one by one. Each operator chooses a passphrase: at least 14
  characters, and none that is easily guessed.

  1. All register, with the token that was made for each:
    %[1]s
    %[2]s
    %[3]s

  2. Two of them open the chamber:
    %[4]s
    %[5]s

  3. Two bring the four devnet keys under its master key. The signer finds them within a second or two:
    %[6]s

  4. Two want a management token:
    %[7]s
    %[8]s

  5. Sign, seal, and sign again, which is refused with 503; then unseal as above:
    %[9]s
    %[10]s

  At every moment this tells how the chamber stands, and what to type next:
    %[11]s
`, g.registering("alice"), g.registering("bob"), g.registering("carol"), g.by("unseal", "alice"), g.by("unseal", "carol"), g.importing(),
		g.generating("alice"), g.generating("carol"), g.signing(), g.sealing(), g.command("status"))
}

// by is a command in the name of an operator.
func (g greeting) by(what, operator string) string { return g.command(what, "--operator", operator) }

// generating is an operator's consent to a management token; the last one gets it.
func (g greeting) generating(operator string) string {
	return g.command("generate-root-token", "--operator", operator, "--out", g.managerFile())
}

func (g greeting) registering(operator string) string {
	return g.command("register", "--operator", operator, "--registration-token", "file:"+g.tokenFile(operator))
}

// importing is the command that encrypts the devnet keys.
func (g greeting) importing() string {
	words := []string{"keys", "import", "--keystore", g.path("keystores"), "--operator", "alice,carol"}
	for _, flag := range []string{"signer-state-backend", "signer-state-path", "key-sources-sqlite-path"} {
		words = append(words, "--"+flag, g.job.flags[flag])
	}
	return g.job.command(words...)
}
