package config

import "strings"

// nearest is the candidate that differs least from word, or nothing if none is close enough to be a slip: one edit,
// and one more for each five letters.
func nearest(word string, candidates []string) string {
	best, bound := "", 1+min(len(word), 40)/5
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(word), candidate); d <= bound {
			best, bound = candidate, d-1
		}
	}
	return best
}

// nearestKey is like nearest, but if there is no slip it looks for the right name in the wrong section, and for a part
// of a name in the right one.
func nearestKey(key string, candidates []string) string {
	if near := nearest(key, candidates); near != "" {
		return near
	}
	section, name := splitKey(key)
	for _, candidate := range candidates {
		if _, n := splitKey(candidate); n == name {
			return candidate
		}
	}
	for _, candidate := range candidates {
		s, n := splitKey(candidate)
		if s == section && len(name) > 2 && (strings.Contains(n, name) || strings.Contains(name, n)) {
			return candidate
		}
	}
	return ""
}

func splitKey(key string) (section, name string) {
	i := strings.LastIndex(key, ".") + 1
	return key[:i], key[i:]
}

// distance counts the letters to insert, delete, replace or swap with their neighbour to turn a into b (optimal string
// alignment). Words that differ in length by more than any bound in use are not compared letter by letter.
func distance(a, b string) int {
	if gap := max(len(a)-len(b), len(b)-len(a)); gap > 10 {
		return gap
	}
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
