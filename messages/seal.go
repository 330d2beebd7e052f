package messages

import "time"

// Seal names the protocol of the actor that owns the master key.
type Seal struct{}

// SealState is one of the six states of the chamber, as metrics and the API have them. It is empty until the signer
// state was read for the first time; nothing sealed can be used then.
type SealState string

// The states. The master key is in memory in the last two, and keys that it encrypts sign in them.
const (
	// StateUninitialized has no master key yet.
	StateUninitialized SealState = "uninitialized"
	// StateAwaitingRegistration waits for the operators of the first quorum to register.
	StateAwaitingRegistration SealState = "awaiting_registration"
	// StateSealed waits for key-encryption keys, or for operators after one of them has sealed it.
	StateSealed SealState = "sealed"
	// StateKMSUnsealed waits for the shares of operators.
	StateKMSUnsealed SealState = "kms_unsealed"
	// StateUnsealed signs.
	StateUnsealed SealState = "unsealed"
	// StateAwaitingRotation signs, while the operators of the next quorum register.
	StateAwaitingRotation SealState = "awaiting_rotation"
)

// SealStates lists every state.
func SealStates() []SealState {
	return []SealState{
		StateUninitialized, StateAwaitingRegistration, StateSealed, StateKMSUnsealed, StateUnsealed, StateAwaitingRotation,
	}
}

// Signs reports whether the master key is in memory, so that keys that it encrypts can sign.
func (s SealState) Signs() bool { return s == StateUnsealed || s == StateAwaitingRotation }

// SealMode says what opens the chamber.
type SealMode string

// The modes. It is empty while the chamber is uninitialized.
const (
	ModeKMS       SealMode = "kms"        // key-encryption keys alone, without people
	ModeQuorum    SealMode = "quorum"     // operators alone
	ModeKMSQuorum SealMode = "kms_quorum" // key-encryption keys, and then operators
)

// ExecuteCeremony asks to carry out a ceremony. Only a session of the guard asks for it: Fence is the number that the
// guard gave it, and one that is lower than another that was seen is refused with [ErrFenced]. Whoever is sent the
// message owns the secrets in it. Refusals: [ErrWrongState], [ErrMalformed], [ErrWrongCredential], [ErrShareRepeated],
// [ErrPassphrase], [ErrKMSUnavailable], [ErrKMSRefused], [ErrStateUnavailable], [ErrStateRefused], [ErrConflict],
// [ErrGuardBusy], [ErrFenced], [ErrSealed], [ErrExpired].
type ExecuteCeremony struct {
	Fence    uint64
	By       string
	Ceremony Ceremony
	Trace    Trace
}

// Abandon wipes the secrets of a message that was lost.
func (e ExecuteCeremony) Abandon(error) { e.Ceremony.Wipe() }

// AbandonCeremony asks to give up what a session has begun that is gone: Fence and all that are lower are refused from
// now on. A seal that was asked for is carried out all the same.
type AbandonCeremony struct{ Fence uint64 }

// CeremonyAbandoned is the answer to [AbandonCeremony].
type CeremonyAbandoned struct{}

// GetSealStatus asks how the chamber stands.
type GetSealStatus struct{}

// SealStatus is the answer to [GetSealStatus]: all that an operator needs to know to decide what to do next.
type SealStatus struct {
	State SealState
	// Since is when this process entered the state.
	Since time.Time
	// Closing is true while those who hold keys are still wiping them: State is the one that is being left.
	Closing bool
	Mode    SealMode
	// ChamberID is 32 hexadecimal digits; empty while uninitialized.
	ChamberID string
	// Version counts the writes of the seal record in the signer state, Generation the sets of shares that were in force.
	Version, Generation uint64
	KMS                 KMSStatus
	Quorum              QuorumStatus
	// Rotation is the quorum that is to come; it has no operators while there is none.
	Rotation QuorumStatus
	// Emergency tells who sealed the chamber; zero unless it stays sealed until somebody opens it.
	Emergency Emergency
	// RootToken says which operators have asked for a management token, of those who must.
	RootToken Progress
	// ManagementToken is the id of the one that is valid; empty when there is none.
	ManagementToken string
	// Err is what is wrong with the signer state: that it cannot be read, or why what was read is refused.
	Err error
	// Work is the ceremony or the automatic opening that is under way; empty when there is none.
	Work string
}

// KMSStatus says how the layer of key-encryption keys stands.
type KMSStatus struct {
	// References are the key-encryption keys, of which Threshold are needed. There may be none.
	References []string
	Threshold  int
	// Open is true when the layer is, or when there is none.
	Open bool
	// Err is why the last attempt to open it failed; Attempts counts those that failed in a row, and NextAttempt is when
	// the next begins by itself; zero when none will.
	Err         error
	Attempts    int
	NextAttempt time.Time
}

// QuorumStatus says how an operator quorum stands.
type QuorumStatus struct {
	// Operators are the members, of whom Threshold are needed. There may be none.
	Operators []OperatorStatus
	Threshold int
	// Given counts the shares that were given, and Expires is when they are forgotten; zero while there are none.
	Given   int
	Expires time.Time
}

// OperatorStatus is one operator.
type OperatorStatus struct {
	Name string
	// Registered says that the operator has exchanged the registration token for a credential of its own.
	Registered bool
	// Credential is "passphrase" or "yubikey", and empty before the registration.
	Credential string
	// Given says that the operator's share was given to this process.
	Given bool
}

// Progress counts operators who have consented to something that needs several.
type Progress struct {
	Operators []string
	Threshold int
	Expires   time.Time // zero while there are none
}

// Emergency is a seal that somebody asked for.
type Emergency struct {
	Standing   bool
	By, Reason string
	At         time.Time
	// Unrecorded says that the signer state could not be written yet, because of Err: a restart or another replica would
	// open again. The signer goes on trying, until it can or somebody opens the chamber.
	Unrecorded bool
	Err        error
}

// GetChallenge asks what the YubiKey of an operator has to answer: to register with the quorum that is to come when
// Registering is true, and otherwise to prove who it is. An operator that is not known is [ErrMalformed].
type GetChallenge struct {
	Operator    string
	Registering bool
}

// Challenge is the answer to [GetChallenge].
type Challenge struct{ Bytes []byte }

// KeyPurpose says what a key that is derived from the master key is for.
type KeyPurpose string

// The purposes. Keys of different purposes have nothing in common.
const (
	PurposeValidatorKeys KeyPurpose = "validator keys" // encrypts the validators' keys
	PurposeSlashingRows  KeyPurpose = "slashing rows"  // authenticates rows of the slashing-protection store
	PurposeSignerState   KeyPurpose = "signer state"   // authenticates records of the signer state
	PurposeTokens        KeyPurpose = "tokens"         // authenticates access tokens
)

// GetDerivedKey asks for a key that is derived from the master key, and is the same in every process that opens this
// chamber. Refused with [ErrSealed] when there is no master key. Ask again at each [SealChanged] to a state that signs.
type GetDerivedKey struct{ Purpose KeyPurpose }

// DerivedKey is the answer to [GetDerivedKey]. The asker owns Key, and wipes it when it is asked to [DropSecrets] or when
// it ends.
type DerivedKey struct {
	Key Key32
	// ChamberID names the chamber, in 32 hexadecimal digits.
	ChamberID string
	// Generation counts the sets of shares; the key does not depend on it.
	Generation uint64
}

// Wipe wipes the key, if there is one.
func (d DerivedKey) Wipe() {
	if d.Key != nil {
		d.Key.Wipe()
	}
}

// Key32 lends a key of 32 bytes that lies in locked memory. Its one implementation is actors/secmem.Secret.
type Key32 interface {
	Use(func(*[32]byte))
	Wipe()
}

// DropSecrets asks whoever speaks P to wipe every key that comes from the master key, because the chamber is being
// sealed. The seal waits for the answer, though not for long: it is announced as sealed in any case.
type DropSecrets[P any] struct{}

// SecretsDropped is the answer to [DropSecrets].
type SecretsDropped struct{}

// CheckManagementToken asks whether a token is the management token. The asker keeps the token and wipes it, but not
// before the answer. Refusals: [ErrUnauthorized], [ErrSealed].
type CheckManagementToken struct {
	Token Secret
	// ToSeal says that it is to seal the chamber, and nothing else: that can be checked without a master key too.
	ToSeal bool
}

// Manager is the answer to [CheckManagementToken]: the id of the token, which may be shown and logged.
type Manager struct{ ID string }

func (ExecuteCeremony) ask(Seal, CeremonyOutcome)   {}
func (AbandonCeremony) ask(Seal, CeremonyAbandoned) {}
func (GetSealStatus) ask(Seal, SealStatus)          {}
func (GetChallenge) ask(Seal, Challenge)            {}
func (GetDerivedKey) ask(Seal, DerivedKey)          {}
func (CheckManagementToken) ask(Seal, Manager)      {}
func (DropSecrets[P]) ask(P, SecretsDropped)        {}
