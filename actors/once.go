package actors

// Once describes a temporary child that does one thing, in its first turn, and ends.
func Once(name string, do func(*Context)) Spec {
	return Spec{
		Name:    name,
		New:     func() Actor { return once(do) },
		Mailbox: 1, // nobody says anything to it
		Restart: Restart{Temporary: true},
	}
}

type once func(*Context)

// Receive implements Actor.
func (do once) Receive(c *Context, message any) {
	if _, ok := message.(Started); ok {
		do(c)
		c.Stop()
	}
}
