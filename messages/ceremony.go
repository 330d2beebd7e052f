package messages

import "time"

// Guard names the protocol of the actor through which every ceremony goes, one at a time.
type Guard struct{}

// PerformCeremony asks for a ceremony. The intent is in the audit stream before anything is done, and the outcome before
// the answer. Whoever is sent the message owns the secrets in it. Refusals: [ErrGuardBusy], [ErrUnauthorized] (setup
// token, registration token, one-time code), [ErrLockedOut], [ErrAuditUnavailable], and those of [ExecuteCeremony].
type PerformCeremony struct {
	// By says who asks, as audit records have it: the id of a token, the name of an operator, "setup token".
	By       string
	Ceremony Ceremony
	Trace    Trace
}

// Abandon wipes the secrets of a message that was lost.
func (p PerformCeremony) Abandon(error) { p.Ceremony.Wipe() }

// CeremonyOutcome is the answer to [PerformCeremony]. Whoever is sent it owns the secrets in it.
type CeremonyOutcome struct {
	Status SealStatus
	// RegistrationTokens are to be handed to the operators, one each: after a ceremony that makes a quorum.
	RegistrationTokens []RegistrationToken
	// RootToken is the management token: after the last consent to [GenerateRootToken].
	RootToken Secret
	// CodeShown says that a one-time code was written to the signer's log, to be sent with [GenerateRootToken].
	CodeShown bool
}

// Wipe wipes the secrets.
func (o CeremonyOutcome) Wipe() {
	o.RootToken.Wipe()
	for _, t := range o.RegistrationTokens {
		t.Token.Wipe()
	}
}

// RegistrationToken admits one operator to a quorum, once.
type RegistrationToken struct {
	Operator string
	Token    Secret
}

// Ceremony is what the operators of a chamber can ask for.
//
//sumtype:decl
type Ceremony interface {
	// Name is what audit records and metrics call it.
	Name() string
	// Wipe wipes the secrets in it.
	Wipe()
	ceremony()
}

// KeyPlan says what is to open the chamber.
type KeyPlan struct {
	// KMS are references of key-encryption keys, 0 to 32, of which KMSThreshold are needed.
	KMS          []string
	KMSThreshold int
	// Operators are the members of the quorum, 0 to 255, of whom Quorum are needed. One of the two must be there.
	Operators []string
	Quorum    int
	// AllowSingleOperator permits a Quorum of 1.
	AllowSingleOperator bool
}

// Credential is how an operator proves who it is: with one of the two.
type Credential struct {
	// Passphrase is as it was typed, in UTF-8.
	Passphrase Secret
	// YubiKeyResponse is the answer to the operator's challenge, 20 bytes.
	YubiKeyResponse Secret
}

// Wipe wipes both.
func (c Credential) Wipe() {
	c.Passphrase.Wipe()
	c.YubiKeyResponse.Wipe()
}

// The ceremonies.
type (
	// InitializeChamber makes the master key. It needs the setup token.
	InitializeChamber struct {
		SetupToken Secret
		Plan       KeyPlan
	}
	// RegisterOperator exchanges a registration token for a credential: of the first quorum, or of the next.
	RegisterOperator struct {
		Operator   string
		Token      Secret
		Credential Credential
	}
	// SubmitShare gives an operator's share of the unseal key. Somebody who is no operator is [ErrWrongCredential], too.
	SubmitShare struct {
		Operator   string
		Credential Credential
	}
	// UnsealByKMS opens the layer of key-encryption keys again, after an emergency seal or before the next attempt.
	UnsealByKMS struct{}
	// SealChamber wipes the master key, here and on all replicas, until operators unseal again.
	SealChamber struct{ Reason string }
	// RotateKMS replaces the key-encryption keys by those of Plan, which names no operators.
	RotateKMS struct{ Plan KeyPlan }
	// RotateQuorum replaces the operators by those of Plan, which may name other key-encryption keys, or none to keep them.
	RotateQuorum struct{ Plan KeyPlan }
	// RotateMode replaces everything: it adds or removes the quorum, or the key-encryption keys.
	RotateMode struct{ Plan KeyPlan }
	// AbortRotation gives up the quorum that is to come. While the first one registers it undoes the initialisation, and
	// needs the setup token. Later there is no setup token any more: one that comes with it is refused.
	AbortRotation struct{ SetupToken Secret }
	// GenerateRootToken makes a management token, and so ends the one before. With a quorum each call is the consent of one
	// operator. Without a quorum, it needs Code, which a call with nothing has the signer write to its log.
	GenerateRootToken struct {
		Operator   string
		Credential Credential
		Code       Secret
	}
)

// The names of the ceremonies.
const (
	CeremonyInit         = "init"
	CeremonyRegister     = "register"
	CeremonyShare        = "unseal share"
	CeremonyUnsealKMS    = "unseal kms"
	CeremonySeal         = "seal"
	CeremonyRotateKMS    = "rotate kms"
	CeremonyRotateQuorum = "rotate quorum"
	CeremonyRotateMode   = "rotate mode"
	CeremonyAbort        = "abort"
	CeremonyRootToken    = "root token"
)

// Name implements [Ceremony].
func (InitializeChamber) Name() string { return CeremonyInit }

// Name implements [Ceremony].
func (RegisterOperator) Name() string { return CeremonyRegister }

// Name implements [Ceremony].
func (SubmitShare) Name() string { return CeremonyShare }

// Name implements [Ceremony].
func (UnsealByKMS) Name() string { return CeremonyUnsealKMS }

// Name implements [Ceremony].
func (SealChamber) Name() string { return CeremonySeal }

// Name implements [Ceremony].
func (RotateKMS) Name() string { return CeremonyRotateKMS }

// Name implements [Ceremony].
func (RotateQuorum) Name() string { return CeremonyRotateQuorum }

// Name implements [Ceremony].
func (RotateMode) Name() string { return CeremonyRotateMode }

// Name implements [Ceremony].
func (AbortRotation) Name() string { return CeremonyAbort }

// Name implements [Ceremony].
func (GenerateRootToken) Name() string { return CeremonyRootToken }

// Wipe implements [Ceremony].
func (i InitializeChamber) Wipe() { i.SetupToken.Wipe() }

// Wipe implements [Ceremony].
func (r RegisterOperator) Wipe() { r.Token.Wipe(); r.Credential.Wipe() }

// Wipe implements [Ceremony].
func (s SubmitShare) Wipe() { s.Credential.Wipe() }

// Wipe implements [Ceremony].
func (UnsealByKMS) Wipe() {}

// Wipe implements [Ceremony].
func (SealChamber) Wipe() {}

// Wipe implements [Ceremony].
func (RotateKMS) Wipe() {}

// Wipe implements [Ceremony].
func (RotateQuorum) Wipe() {}

// Wipe implements [Ceremony].
func (RotateMode) Wipe() {}

// Wipe implements [Ceremony].
func (a AbortRotation) Wipe() { a.SetupToken.Wipe() }

// Wipe implements [Ceremony].
func (g GenerateRootToken) Wipe() { g.Credential.Wipe(); g.Code.Wipe() }

func (InitializeChamber) ceremony() {}
func (RegisterOperator) ceremony()  {}
func (SubmitShare) ceremony()       {}
func (UnsealByKMS) ceremony()       {}
func (SealChamber) ceremony()       {}
func (RotateKMS) ceremony()         {}
func (RotateQuorum) ceremony()      {}
func (RotateMode) ceremony()        {}
func (AbortRotation) ceremony()     {}
func (GenerateRootToken) ceremony() {}

// GetGuardStatus asks whether a ceremony is under way.
type GetGuardStatus struct{}

// GuardStatus is the answer to [GetGuardStatus]. It is zero while no ceremony is under way.
type GuardStatus struct {
	Held         bool
	Ceremony, By string
	Since        time.Time
	// Fence numbers the ceremony. It grows with each, also over restarts.
	Fence uint64
}

func (PerformCeremony) ask(Guard, CeremonyOutcome) {}
func (GetGuardStatus) ask(Guard, GuardStatus)      {}
