package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"containment-chamber/messages"
)

// greeting is what is said of a signer for development, when it runs. What it prints works as it is pasted.
type greeting struct {
	*development
	signer       *signer
	operator     *operator // who would type it
	api, metrics string    // URLs
}

// greet says what runs, and what to try next.
func (d *development) greet(s *signer) error {
	g := greeting{development: d, signer: s, api: reached(s.api.Address()), metrics: reached(s.scrape.Address())}
	g.operator = &operator{job: d.job, tool: &tool{}, caller: newCaller(askPatience, nil), signers: []string{g.api}}
	if u, err := url.Parse(g.api); err == nil {
		g.operator.plaintext = !loopback(u.Hostname())
	}
	text := g.solo
	if d.quorum {
		text = g.ceremonies
	}
	_, err := io.WriteString(d.job.stdout, text()+"\n  Ctrl-C ends the signer.\n\n")
	return err
}

// reached is the URL of a server, for whoever is on the same machine.
func reached(address string) string {
	host, port, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		address = net.JoinHostPort("localhost", port)
	}
	return "http://" + address
}

// head is what every greeting begins with.
func (g greeting) head(what string) string {
	return fmt.Sprintf(`
  DEVELOPMENT MODE: %s. Never use it with real keys.

  signing API   %s      (network %s)
  metrics       %s/metrics
`, what, g.api, g.signer.parts.network.Name, g.metrics)
}

// solo greets whoever has a chamber that opens itself.
func (g greeting) solo() string {
	text := g.head("four keys that everyone knows, in a chamber that two of three key files open, all in ./" + g.dir)
	if g.state != messages.StateUnsealed {
		return text + g.where()
	}
	return text + fmt.Sprintf(`
  Paste into another terminal, in this directory. List the keys:
    curl -s %[1]s/api/v1/eth2/publicKeys

  Sign an attestation:
    %[2]s

  See the metrics:
    curl -s %[3]s/metrics | grep containment_signing_requests_total | grep -v ' 0$'

  Look at the chamber; seal it; then sign again, which is refused with 503; and unseal it:
    %[4]s
    %[5]s
    %[6]s

  Next: change "beacon_block_root" and sign again: the answer is 412, a double vote. With --dev-quorum operators open the
  chamber. The README tells how to replace Web3Signer, and '%[7]s' what can be configured.
`, g.api, g.signing(), g.metrics, g.command("status", g.managed()...), g.sealing(), g.command("unseal", "--kms"), g.job.command("server", "--help"))
}

// where says how a chamber stands that was there before, and what is to be typed next.
func (g greeting) where() string {
	status, err := g.operator.status(g.api, messages.Secret{})
	if err != nil {
		return fmt.Sprintf("\n  The chamber is %s. It tells more with the management token:\n    %s\n", g.state, g.command("status", g.managed()...))
	}
	text := fmt.Sprintf("\n  The chamber is %s.\n", status.State)
	if steps := g.operator.nextFor(status); len(steps) > 0 {
		next := steps[0]
		if status.State == messages.StateAwaitingRegistration {
			next.Command = g.registering(next.By)
		}
		text += fmt.Sprintf("\n  Type next, in another terminal in this directory (%s):\n    %s\n", next.reason(), next.Command)
	}
	if listing, err := g.signer.parts.chamber.Keys.Sealed.Store.List(g.job.ctx, 0); g.quorum && err == nil && len(listing.Rows) == 0 {
		text += fmt.Sprintf("\n  There are no keys yet. When it is open, two operators bring them under its master key:\n    %s\n", g.importing())
	}
	return text + fmt.Sprintf("\n  At every moment this tells what is next:\n    %s\n", g.command("status"))
}

// command is one of "operator", as it is typed.
func (g greeting) command(what string, words ...string) string {
	return g.operator.command(g.operator.signers, append([]string{what}, words...)...)
}

// managed are the words that give the management token.
func (g greeting) managed() []string { return []string{"--auth-token", "file:" + g.managerFile()} }

func (g greeting) sealing() string {
	return g.command("seal", append(g.managed(), "--reason", "trying it out")...)
}

// signing is a command that signs an attestation.
func (g greeting) signing() string {
	n := g.signer.parts.network
	version, root := n.Versions[n.Latest], n.GenesisValidatorsRoot
	if root.IsZero() {
		root = messages.Root{0xde} // the first duty decides
	}
	key := devnetKey(0)
	defer key.Wipe()
	body := strings.NewReplacer("VERSION", version.String(), "GENESIS", root.String(), "ROOT", messages.Root{1}.String()).Replace(
		`{"type":"ATTESTATION","fork_info":{"fork":{"previous_version":"VERSION","current_version":"VERSION","epoch":"0"},` +
			`"genesis_validators_root":"GENESIS"},"attestation":{"slot":"64","index":"0","beacon_block_root":"ROOT",` +
			`"source":{"epoch":"1","root":"ROOT"},"target":{"epoch":"2","root":"ROOT"}}}`)
	return fmt.Sprintf("curl -s %s/api/v1/eth2/sign/%s -H 'Accept: application/json' -d '%s'", g.api, key.PublicKey(), body)
}
