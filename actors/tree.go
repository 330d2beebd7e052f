package actors

import (
	"slices"
	"strings"
	"sync"
)

// tree knows every actor that lives, for those who look from outside: health, metrics, shutdown reports, tests.
type tree struct {
	mu     sync.Mutex
	nodes  map[string]*node
	notify chan struct{} // closed and replaced at each change
}

func newTree() *tree { return &tree{nodes: map[string]*node{}, notify: make(chan struct{})} }

func (t *tree) add(n *node) {
	t.mu.Lock()
	t.nodes[n.path] = n
	t.mu.Unlock()
	t.changed()
}

func (t *tree) remove(n *node) {
	t.mu.Lock()
	if t.nodes[n.path] == n {
		delete(t.nodes, n.path)
	}
	t.mu.Unlock()
	t.changed()
}

func (t *tree) changed() {
	t.mu.Lock()
	close(t.notify)
	t.notify = make(chan struct{})
	t.mu.Unlock()
}

func (t *tree) get(path string) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.nodes[path]
}

// paths lists the actors for which keep is true, in ascending order, and a channel that is closed at the next change.
func (t *tree) paths(keep func(*node) bool) ([]string, <-chan struct{}) {
	t.mu.Lock()
	notify := t.notify
	t.mu.Unlock() // a change from here on closes it
	var out []string
	for _, n := range t.list(keep) {
		out = append(out, n.path)
	}
	return out, notify
}

// list returns the nodes for which keep is true, in ascending order of their paths.
func (t *tree) list(keep func(*node) bool) []*node {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*node
	for _, n := range t.nodes {
		if keep(n) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *node) int { return strings.Compare(a.path, b.path) })
	return out
}

// Tree lists the paths of all actors that live, in ascending order.
func (s *System) Tree() []string {
	all, _ := s.tree.paths(func(*node) bool { return true })
	return all
}

// NotReady lists the actors that have not reported ready, or are down between a crash and a restart.
func (s *System) NotReady() []string {
	waiting, _ := s.tree.paths(isWaiting)
	return waiting
}

func isWaiting(n *node) bool { return !n.ready.Load() && !n.spec.Restart.Temporary }

// Mailboxes tells how many messages wait, summed up by class.
func (s *System) Mailboxes() map[string]int {
	s.tree.mu.Lock()
	defer s.tree.mu.Unlock()
	depth := map[string]int{}
	for _, n := range s.tree.nodes {
		depth[n.class] += n.box.UserMessageCount()
	}
	return depth
}
