package actors

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// node is an actor over all its incarnations: its place in the tree, its mailbox, its children.
type node struct {
	system *System
	spec   Spec
	class  string
	path   string
	pid    *actor.PID
	box    *mailbox
	ready  atomic.Bool
	gone   chan struct{} // closed when the actor has stopped for good
	quiet  atomic.Int64  // when the actor last showed life, in uptime, while a ping waits for it; otherwise 0

	// Of the actor's own turns.
	cell     *cell
	children []*node // in the order in which they were made
	draining bool    // asked to finish
	drained  bool    // its own work is finished, its children's may not be

	// Of the parent's turns.
	failures []time.Time
	crashed  bool
}

func newNode(s *System, parent string, spec Spec) *node {
	n := &node{system: s, spec: spec, class: Class(spec.Name), path: spec.Name, gone: make(chan struct{})}
	if parent != "" {
		n.path = parent + "/" + spec.Name
	}
	n.pid = s.engine.NewLocalPID(n.path)
	n.box = newMailbox(n)
	s.tree.add(n)
	return n
}

// Class is the kind of actor that a name or a path stands for: "worker" for "worker-07" and "chamber/worker-07".
func Class(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	if base := strings.TrimRight(name, "0123456789"); base != name {
		return strings.TrimSuffix(base, "-")
	}
	return name
}

func (n *node) props() *actor.Props {
	return actor.PropsFromProducer(n.incarnate,
		actor.WithMailbox(func() actor.Mailbox { return n.box }), actor.WithSupervisor(strategy{n}))
}

func (n *node) incarnate() actor.Actor {
	n.cell = &cell{node: n, timers: map[*timer]struct{}{}}
	n.cell.ctx.cell = n.cell
	return n.cell
}

func (n *node) spawn(engine actor.Context, spec Spec) *node {
	if slices.ContainsFunc(n.children, func(c *node) bool { return c.spec.Name == spec.Name }) {
		panic(bug("actors: the name of a child is in use"))
	}
	child := newNode(n.system, n.path, spec)
	_, _ = engine.SpawnNamed(child.props(), spec.Name) // fails for a name in use only
	n.children = append(n.children, child)
	return child
}

func (n *node) child(pid *actor.PID) *node {
	for _, c := range n.children {
		if c.pid.Equal(pid) {
			return c
		}
	}
	return nil
}

func (n *node) childGone(pid *actor.PID) *node {
	for i, c := range n.children {
		if c.pid.Equal(pid) {
			n.children = append(n.children[:i:i], n.children[i+1:]...)
			return c
		}
	}
	return nil
}

func (n *node) youngestChild() *node {
	if len(n.children) == 0 {
		return nil
	}
	return n.children[len(n.children)-1]
}

func (n *node) setReady(ready bool) {
	if n.ready.Swap(ready) != ready {
		n.system.tree.changed()
	}
}

func (n *node) remove() {
	n.setReady(false)
	n.system.tree.remove(n)
	close(n.gone)
}
