package web3signer

// Connect is for tests.
var Connect = connect
