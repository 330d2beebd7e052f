package seal

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// dropWithin is how long consumers have to wipe their keys: many times what it takes, and short beside the minute after
// which an actor that hangs ends the process.
const dropWithin = 5 * time.Second

// Consumer is an actor that asks for keys, and understands messages.DropSecrets.
type Consumer struct {
	name string
	drop func(*actors.Context, func(*actors.Context, error))
}

// ConsumerOf makes a Consumer of an actor.
func ConsumerOf[P any](name string, ref actors.Ref[P]) Consumer {
	return Consumer{name, func(c *actors.Context, then func(*actors.Context, error)) {
		actors.Pipe(c, ref, messages.DropSecrets[P]{}, actors.Piped[messages.SecretsDropped]{
			Within: dropWithin,
			Then:   func(c *actors.Context, _ messages.SecretsDropped, err error) { then(c, err) },
		})
	}}
}

// dropKeys has all consumers wipe their keys, and goes on when all have, or have had time for it.
func (o *owner) dropKeys(c *actors.Context) {
	from, left := o.from, len(o.cfg.Consumers)
	if left == 0 {
		c.After(0, func(c *actors.Context) { o.dropped(c, from) })
	}
	for _, consumer := range o.cfg.Consumers {
		consumer.drop(c, func(c *actors.Context, err error) {
			if err != nil {
				c.Publish(messages.SecretsKept{Consumer: consumer.name, Err: err})
			}
			if left--; left == 0 {
				o.dropped(c, from)
			}
		})
	}
}

func (o *owner) dropped(c *actors.Context, from origin) { _ = o.tell(c, Dropped{}, from) } // it is closing, and so not refused
