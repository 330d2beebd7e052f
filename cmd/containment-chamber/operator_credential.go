package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"containment-chamber/messages"
)

// credentialFlags say how an operator proves who it is.
type credentialFlags struct {
	Passphrase passphraseFlag `xor:"credential" placeholder:"WHERE" help:"Passphrase: env:NAME or file:PATH; asked for if absent."`
	Yubikey    bool           `name:"yubikey" xor:"credential" help:"Use the YubiKey that is plugged in, by the program ykman: slot 2, HMAC-SHA1."`
}

// credential is how an operator proves who it is: with one of the two.
type credential struct {
	operator   string
	passphrase messages.Secret
	key        *yubikey
}

// credential gets the passphrase, or makes ready for the YubiKey. One that is new is typed twice. The caller wipes it.
func (o *operator) credential(f credentialFlags, operator string, isNew bool) (*credential, error) {
	if f.Yubikey {
		key, err := newYubikey(o.process)
		return &credential{operator: operator, key: key}, err
	}
	prompt := "Passphrase of " + printable(operator)
	if isNew {
		prompt = "New passphrase of " + printable(operator)
	}
	passphrase, err := o.obtain(wanted{flag: "passphrase", from: string(f.Passphrase), prompt: prompt, twice: isNew, exact: true})
	return &credential{operator: operator, passphrase: passphrase}, err
}

func (c *credential) wipe() {
	c.passphrase.Wipe()
	if c.key != nil {
		c.key.wipe()
	}
}

// body is the body of a request to a signer, whose challenge a YubiKey has to answer. The caller wipes it.
func (c *credential) body(o *operator, signer string, registering bool) ([]byte, error) {
	if c.key == nil {
		return secretBody("passphrase", c.passphrase, "operator", c.operator), nil
	}
	reply, err := ask[struct {
		Challenge string `json:"challenge"`
	}](o, signer, call{method: http.MethodGet, path: fmt.Sprintf("/challenge/%s?registering=%t", url.PathEscape(c.operator), registering)})
	if err != nil {
		return nil, err
	}
	challenge, err := hex.DecodeString(reply.Challenge)
	if err != nil {
		return nil, fmt.Errorf("the signer's challenge is not of hexadecimal digits: %w", err)
	}
	response, err := c.key.respond(o.ctx, challenge)
	if err != nil {
		return nil, err
	}
	var body []byte
	response.Use(func(b []byte) {
		digits := make([]byte, hex.EncodedLen(len(b)))
		hex.Encode(digits, b)
		text := messages.NewSecret(digits)
		defer text.Wipe()
		body = secretBody("yubikey_response", text, "operator", c.operator)
	})
	return body, nil
}

// secretBody is a JSON object of a secret and, in pairs, other texts. The secret is nowhere else. The caller wipes it.
func secretBody(name string, secret messages.Secret, others ...string) []byte {
	body := []byte{'{'}
	for i := 0; i < len(others); i += 2 {
		key, _ := json.Marshal(others[i]) // strings always marshal
		value, _ := json.Marshal(others[i+1])
		body = append(append(append(append(body, key...), ':'), value...), ',')
	}
	body = append(append(append(body, '"'), name...), '"', ':')
	secret.Use(func(text []byte) {
		room := make([]byte, len(body), len(body)+6*len(text)+3) // at once, so that no shorter copy is left behind
		copy(room, body)
		body = append(appendString(room, text), '}')
	})
	return body
}

// appendString appends text, which is UTF-8, as a JSON string (RFC 8259 §7). It needs up to six bytes for one.
func appendString(to, text []byte) []byte {
	const digits = "0123456789abcdef"
	to = append(to, '"')
	for _, b := range text {
		switch {
		case b == '"' || b == '\\':
			to = append(to, '\\', b)
		case b < ' ':
			to = append(to, '\\', 'u', '0', '0', digits[b>>4], digits[b&0xf])
		default:
			to = append(to, b)
		}
	}
	return append(to, '"')
}
