package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"containment-chamber/actors/seal/kek/kektest"
	"containment-chamber/messages"
)

// begins is a request that is answered with registration tokens.
func begins(path, body string) func(*theatre) {
	return func(s *theatre) {
		token := s.manage
		if path == "/init" {
			token = s.setup
		}
		var reply struct {
			Tokens map[string]string `json:"registration_tokens"`
		}
		if err := json.Unmarshal([]byte(s.answers(http.StatusOK, path, token, body).body), &reply); err != nil {
			s.Fatal(err)
		}
		s.tokens = reply.Tokens
	}
}

// aborts gives up what waits for operators.
func aborts(s *theatre) {
	token := s.manage
	if token == "" {
		token = s.setup
	}
	if r := s.calls(http.MethodDelete, "/rotate", token, ""); r.status != http.StatusOK {
		s.Fatalf("%d %s", r.status, r.body)
	}
}

func registers(want int, operator, phrase string) func(*theatre) {
	return func(s *theatre) { s.answers(want, "/register", s.tokens[operator], credential(operator, phrase)) }
}

func gives(want int, path, operator, phrase string) func(*theatre) {
	return func(s *theatre) { s.submits(want, path, operator, phrase) }
}

// managed asks for the management token, and keeps it.
func managed(s *theatre) {
	s.submits(http.StatusOK, "/root-token", "alice", passphrases["alice"])
	var reply struct{ Token string }
	if err := json.Unmarshal([]byte(s.submits(http.StatusOK, "/root-token", "carol", passphrases["carol"]).body), &reply); err != nil || reply.Token == "" {
		s.Fatal(err)
	}
	s.manage = reply.Token
}

// broken does something while a key-encryption key fails.
func broken(f kektest.Fault, do func(*theatre)) func(*theatre) {
	return func(s *theatre) {
		s.aws.kms.Fail(kektest.AllKeys, f)
		defer s.aws.kms.Fail(kektest.AllKeys, kektest.Fault{})
		do(s)
	}
}

// disabled does something while a key-encryption key is disabled.
func disabled(do func(*theatre)) func(*theatre) {
	return func(s *theatre) {
		s.aws.kms.SetState(awsKeys[0], types.KeyStateDisabled)
		defer s.aws.kms.Add(awsKeys[0])
		do(s)
	}
}

const (
	ofKMS       = `containment_kms_operations_total{action="%s",status="%s"}`
	ofShare     = `containment_chamber_unseal_shares_total{operator="%s"}`
	ofRotation  = `containment_chamber_rotation_total{type="%s"}`
	ofPhrase    = `containment_passphrase_validation_rejections_total{endpoint="%s",reason="%s"}`
	estimates   = "containment_zxcvbn_estimate_duration_seconds_count"
	initialised = "containment_chamber_init_total"
	unseals     = "containment_chamber_unseal_total"
)

// kmsRows are rows of successful calls.
func kmsRows(actions ...string) (rows []string) {
	for _, action := range actions {
		rows = append(rows, fmt.Sprintf(ofKMS, action, "success"))
	}
	return rows
}

// refusals are passphrases that break each rule, for a ceremony.
func refusals(endpoint string, state messages.SealState) (plays []play) {
	for reason, phrase := range map[string]string{
		"too_short": "short", "too_long": strings.Repeat("seven purple tractors ", 12), "too_weak": strings.Repeat("a", 20),
		"contains_operator_name": "seven alice tractors juggle",
	} {
		moved := map[string]float64{fmt.Sprintf(ofPhrase, endpoint, reason): 1}
		if reason == "too_weak" {
			moved[estimates] = 1
		}
		plays = append(plays, play{endpoint + ": " + reason, registers(http.StatusBadRequest, "alice", phrase), moved, nil, state})
	}
	return plays
}

// plan is the body of a request for keys that open the chamber two of three, and operators likewise, if there are any.
func plan(keys []string, operators ...string) string {
	var parts []string
	if len(keys) > 0 {
		parts = append(parts, fmt.Sprintf(`"kms_keys":["%s"],"kms_threshold":2`, strings.Join(keys, `","`)))
	}
	if len(operators) > 0 {
		parts = append(parts, fmt.Sprintf(`"operators":["%s"],"quorum_threshold":2`, strings.Join(operators, `","`)))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func firstPlan() string { return plan(awsKeys[:3], "alice", "bob", "carol") }

// foundation is played until the operators have registered.
func foundation() []play {
	const start, waiting = messages.StateUninitialized, messages.StateAwaitingRegistration
	refused := func(s *theatre) { s.answers(http.StatusConflict, "/init", s.setup, firstPlan()) }
	once := map[string]float64{initialised: 1}
	plays := []play{
		{"a wrong token", func(s *theatre) { s.answers(http.StatusUnauthorized, "/init", "cc-setup-x", firstPlan()) }, nil, nil, start},
		{"a key that is disabled", disabled(refused), nil, []string{fmt.Sprintf(ofKMS, "describe_key", "error")}, start},
		{"a key that may not encrypt", broken(kektest.Fault{Kind: kektest.Denied, Operation: "Encrypt"}, refused), nil,
			append(kmsRows("describe_key"), fmt.Sprintf(ofKMS, "encrypt", "error")), start},
		{"init", begins("/init", firstPlan()), once, kmsRows("describe_key", "encrypt", "decrypt"), waiting},
		{"abort", aborts, nil, nil, start},
		{"init again", begins("/init", firstPlan()), once, nil, waiting},
	}
	plays = append(plays, refusals("register", waiting)...)
	return append(plays, registrations(messages.StateKMSUnsealed, "alice", "bob", "carol")...)
}

// registrations are good ones, of which the last leads to a state.
func registrations(to messages.SealState, operators ...string) (plays []play) {
	from := messages.StateAwaitingRegistration
	if to == messages.StateUnsealed {
		from = messages.StateAwaitingRotation
	}
	for _, who := range operators {
		plays = append(plays, play{"register " + who, registers(http.StatusOK, who, passphrases[who]), map[string]float64{estimates: 1}, nil, from})
	}
	plays[len(plays)-1].state = to
	return plays
}

// firstUnseal is played until there is a management token.
func firstUnseal() []play {
	const waiting, open = messages.StateKMSUnsealed, messages.StateUnsealed
	alice, carol := map[string]float64{fmt.Sprintf(ofShare, "alice"): 1}, map[string]float64{fmt.Sprintf(ofShare, "carol"): 1, unseals: 1}
	return []play{
		{"a wrong passphrase", gives(http.StatusForbidden, "/unseal", "alice", passphrases["bob"]), alice, nil, waiting},
		{"a stranger", gives(http.StatusForbidden, "/unseal", "mallory", passphrases["bob"]), nil, nil, waiting},
		{"a share", gives(http.StatusOK, "/unseal", "alice", passphrases["alice"]), alice, nil, waiting},
		{"the same again", gives(http.StatusConflict, "/unseal", "alice", passphrases["alice"]), alice, nil, waiting},
		{"the last share", gives(http.StatusOK, "/unseal", "carol", passphrases["carol"]), carol, nil, open},
		{"a management token", managed, nil, nil, open},
	}
}

// rotations are played until no operators are left.
func rotations() []play {
	const open, rotating = messages.StateUnsealed, messages.StateAwaitingRotation
	rotated := func(kind string) map[string]float64 { return map[string]float64{fmt.Sprintf(ofRotation, kind): 1} }
	quorum := begins("/rotate/quorum", plan(nil, "alice", "carol", "dora"))
	plays := []play{
		{"rotate kms", begins("/rotate/kms", plan(awsKeys[1:])), rotated("kms"), kmsRows("describe_key", "encrypt", "decrypt"), open},
		{"rotate quorum", quorum, nil, nil, rotating},
	}
	plays = append(plays, refusals("rotate", rotating)...)
	plays = append(plays, play{"abort", aborts, nil, nil, open}, play{"rotate quorum again", quorum, nil, nil, rotating})
	plays = append(plays, registrations(open, "alice", "carol", "dora")...)
	maps.Copy(plays[len(plays)-1].moved, rotated("unseal"))
	return append(plays, play{"rotate mode", begins("/rotate/mode", plan(awsKeys[:3])), rotated("mode"), nil, open})
}

// closing is played to the end: key-encryption keys alone open the chamber.
func closing() []play {
	const open, sealed = messages.StateUnsealed, messages.StateSealed
	byKMS := func(want int) func(*theatre) {
		return func(s *theatre) { s.answers(want, "/unseal", "", `{"kms":true}`) }
	}
	failed := []string{fmt.Sprintf(ofKMS, "decrypt", "error")}
	return []play{
		{"seal", func(s *theatre) { s.answers(http.StatusOK, "/seal", s.manage, `{"reason":"drill"}`) },
			map[string]float64{"containment_chamber_seal_total": 1}, nil, sealed},
		{"all keys denied", broken(kektest.Fault{Kind: kektest.Denied}, byKMS(http.StatusConflict)), nil, failed, sealed},
		{"all keys away", broken(kektest.Fault{Kind: kektest.Away}, byKMS(http.StatusServiceUnavailable)), nil, failed, sealed},
		{"unseal by keys", byKMS(http.StatusOK), map[string]float64{unseals: 1}, kmsRows("decrypt"), open},
	}
}
