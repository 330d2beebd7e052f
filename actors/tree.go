package actors

import (
	"slices"
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
	defer t.mu.Unlock()
	var out []string
	for path, n := range t.nodes {
		if keep(n) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out, t.notify
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
