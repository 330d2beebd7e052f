package main_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// searchSocket names the variable with the path of a socket, at which the program answers what is in its memory.
const searchSocket = "CHAMBER_TEST_SEARCH_SOCKET"

// askDumps is the question how a crash would be dumped.
const askDumps = "dumps\n"

// dumps is how: whether, and up to how many bytes.
func dumps() string {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	var limit unix.Rlimit
	return fmt.Sprint(dumpable, err, unix.Getrlimit(unix.RLIMIT_CORE, &limit), limit.Cur, limit.Max)
}

// searchMemory answers each line of words, which are hexadecimal digits, with how often the inverse of each is in the
// memory that this process can write to. So whoever asks leaves nothing there that would be found.
//
// Memory is opened at once: later this process is not dumpable, and only root could.
func searchMemory(socket string) {
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		panic("no memory to search")
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		panic("no map of the memory to search")
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		panic("no socket to be asked at")
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			panic("the socket is broken")
		}
		question, _ := bufio.NewReaderSize(conn, 1<<16).ReadString('\n')
		if question == askDumps {
			fmt.Fprintln(conn, dumps())
			conn.Close()
			continue
		}
		var inverses [][]byte
		for word := range strings.FieldsSeq(question) {
			inverse, _ := hex.DecodeString(word)
			inverses = append(inverses, inverse)
		}
		_, _ = maps.Seek(0, io.SeekStart)
		regions, _ := io.ReadAll(maps)
		fmt.Fprintln(conn, strings.Trim(fmt.Sprint(searchRegions(memory, string(regions), inverses)), "[]"))
		conn.Close()
	}
}

// search looks for words, which are given as their inverses.
type search struct {
	inverses  [][]byte
	beginning [256][]int // words, by their first byte
	places    []int
}

// searchRegions counts the places of each word.
func searchRegions(memory *os.File, regions string, inverses [][]byte) []int {
	s := &search{inverses: inverses, places: make([]int, len(inverses))}
	for i, inverse := range inverses {
		s.beginning[^inverse[0]] = append(s.beginning[^inverse[0]], i)
	}
	piece, zeros := make([]byte, 1<<20), make([]byte, 4<<10)
	const overlap = 256 // more than the longest word
	for region := range strings.Lines(regions) {
		var begin, end int64
		var rights string
		if n, _ := fmt.Sscanf(region, "%x-%x %s", &begin, &end, &rights); n < 3 || !strings.HasPrefix(rights, "rw") || end-begin > 1<<30 {
			continue // the largest are the race detector's
		}
		for at := begin; at < end; at += int64(len(piece) - overlap) {
			n, err := memory.ReadAt(piece[:min(int64(len(piece)), end-at)], at)
			if err != nil {
				break // a device
			}
			for from := 0; from < n; from += len(zeros) {
				if page := piece[from:min(from+len(zeros), n)]; !bytes.HasPrefix(zeros, page) {
					s.look(piece[from:n], len(page))
				}
			}
			clear(piece) // what is found is not to be found here
		}
	}
	return s.places
}

// look counts the words that begin in the first bytes. The race detector would make it take minutes.
//
//go:norace
func (s *search) look(memory []byte, first int) {
	for at, b := range memory[:first] {
	words:
		for _, i := range s.beginning[b] {
			inverse := s.inverses[i]
			if len(memory)-at < len(inverse) {
				continue
			}
			for j, b := range inverse {
				if memory[at+j] != ^b {
					continue words
				}
			}
			s.places[i]++
		}
	}
}
