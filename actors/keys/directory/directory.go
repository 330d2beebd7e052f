// Package directory finds BLS keys in files: Web3Signer's key configuration files, and the trees of EIP-2335 keystores that
// the common tools leave behind.
//
// # What a path may hold
//
// A path is a file or a directory. Directories are searched with all that is below them. By the name's ending:
//
//   - .yaml, .yml: descriptors, as Web3Signer has them, several in one file when separated by lines of "---".
//     "type: file-raw" has privateKey, 64 hex digits with or without 0x. "type: file-keystore" has keystoreFile and
//     keystorePasswordFile; relative paths start at the descriptor's directory. Both may have keyType, which must be BLS.
//     Lighthouse's validator_definitions.yml is passed over.
//   - .json: an EIP-2335 keystore, unless a descriptor names it, which then decides about its password. JSON that is no
//     keystore (deposit data, slashing-protection exports) is passed over.
//
// Other files are passed over, as are names that begin with a dot: Kubernetes projects a volume through "..data", and shows
// each file beside it under its proper name. What is reachable under two names is taken once, under the first.
//
// # Where a keystore's password is
//
// For DIR/NAME.json the first of these that exists:
//
//  1. DIR/NAME.txt or DIR/NAME.password (Web3Signer's bulk form, Teku)
//  2. DIR/../../secrets/0xPUBKEY, when DIR ends in 0xPUBKEY (Lighthouse, Nimbus, Lodestar)
//  3. NAME.txt in [Options].PasswordDir (Web3Signer's --keystores-passwords-path)
//  4. [Options].PasswordFile (Web3Signer's --keystores-password-file)
//  5. DIR/password.txt or DIR/password, common to the directory (staking-deposit-cli, ethstaker, Prysm)
//
// The password is the first line of the file, without its line end, as Web3Signer has it.
//
// # What it guarantees
//
//   - [Scan] decrypts nothing and takes well below a millisecond a file. One bad file never hides another; each is named
//     with the reason, in the same order each time.
//   - [Candidate.Load] derives the public key from the secret. A file that claims another key, in its text or by its name, is
//     refused.
//   - [Listing.Gone] says that a file is gone only when its directory could be listed without it. Files that cannot be read
//     and directories that are missing, unreadable or replaced by an empty one, as an unmounted volume is, are out of sight,
//     and what they held is not gone.
//   - No error repeats the text of a file, since a file of keys may hold a secret in any place.
//
// # Decisions
//
// Values are taken from YAML as they are written, not as YAML understands them: an unquoted key of hex digits may look like
// a number, and 25e10 must stay 25e10.
//
// A misspelt field is an error with its line. Web3Signer's types that fetch secrets elsewhere (hashicorp, aws-secret, …) are
// recognised, so that the error can say that they are not supported rather than misspelt.
//
// Documents are separated before YAML is parsed, so that one broken descriptor does not take those after it along, and so that
// each is small: no descriptor comes near 16 KiB, and deep nesting could exhaust the parser's stack.
//
// A raw key becomes a key in Load, not while scanning: deriving the public key takes a tenth of a millisecond and more, ten
// times what the scan takes for the file, and Load runs on all cores. Until then its bytes wait in the Candidate, which wipes
// them. The descriptor's text itself is left to the garbage collector: the YAML parser copies it, and the file is in the
// clear anyway.
//
// Whether a file is the one that was loaded is told by a hash of its content, not by size, time and inode: the scan has the
// content in hand, Kubernetes replaces all inodes at each change, and a renamed file is recognised as well.
//
// A directory that is emptied by hand remains the same directory (device and inode), while an unmounted volume leaves
// another one behind, the empty mount point. So the keys of the first go, as they must when they move to another signer,
// and those of the second stay.
package directory
