package ceremony

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// statusWithin bounds how long the seal is waited for: it answers at once, whatever is under way.
const statusWithin = 2 * time.Second

// asksForCode reports whether somebody wants a management token who has sent nothing that would let him have it.
func asksForCode(m messages.Ceremony) bool {
	generate, ok := m.(messages.GenerateRootToken)
	return ok && generate.Operator == "" && generate.Code.Empty() && generate.Credential.Passphrase.Empty() && generate.Credential.YubiKeyResponse.Empty()
}

// offerCode has a one-time code shown where nobody but those who read the log can vouch: in a chamber that has no
// operators. It asks how the chamber stands, because a rotation may have changed what opens it.
func (g *guard) offerCode(c *actors.Context, m messages.PerformCeremony) {
	g.wished++
	number := g.wished
	g.wishes[number] = actors.Defer(c, m)
	actors.Pipe(c, g.cfg.Seal, messages.GetSealStatus{}, actors.Piped[messages.SealStatus]{
		Within: statusWithin,
		Then: func(c *actors.Context, status messages.SealStatus, err error) {
			promise := g.wishes[number]
			delete(g.wishes, number)
			if err == nil {
				err = codeRefusal(status)
			}
			if err != nil {
				g.refused(c, m, err)
				promise.Fail(err)
				return
			}
			g.showCode(time.Now())
			promise.Resolve(messages.CeremonyOutcome{CodeShown: true})
		},
	})
}

// codeRefusal says why there is no code in a chamber that stands so, or nil.
func codeRefusal(status messages.SealStatus) error {
	switch {
	case !status.State.Signs():
		return fmt.Errorf("%w: the chamber is %s, and makes no management token", messages.ErrWrongState, status.State)
	case status.Mode != messages.ModeKMS:
		return fmt.Errorf("%w: operator: %d operators must consent, each with a credential; there is no one-time code", messages.ErrMalformed, status.Quorum.Threshold)
	}
	return nil
}

// showCode shows a code once in its life, however often somebody asks.
func (g *guard) showCode(now time.Time) {
	if !g.kept.code.valid(now) {
		g.kept.code = newOneTime(codePrefix, func(token string) { g.cfg.Show("one-time code", token) })
		g.kept.code.expires = now.Add(codeLife)
	}
}
