//go:build !linux

package main_test

// searchSocket names a variable that only Linux has a use for.
const searchSocket = "CHAMBER_TEST_SEARCH_SOCKET"

func searchMemory(string) {}
