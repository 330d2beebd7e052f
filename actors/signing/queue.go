package signing

import (
	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// chunkSize is how many keys sign one message in one go: enough for the shared inversion to pay, few enough for the
// first answer not to wait long (32 × 0.2 ms).
const chunkSize = 32

// leastChunk is what is not spread any further: a worker's turn and the inversion cost as much as a fifth of a signature.
const leastChunk = 8

// rememberedRoots is how many hashed messages are kept, 500 bytes each: the duties of one slot come in several groups.
const rememberedRoots = 64

// queue lines up jobs by signing root, roots first come, first served.
type queue struct {
	roots  []messages.Root
	jobs   map[messages.Root][]*job
	length int
	hashed map[messages.Root]*bls.Message
	oldest []messages.Root // of hashed, in the order of arrival
}

func newQueue() queue {
	return queue{jobs: map[messages.Root][]*job{}, hashed: map[messages.Root]*bls.Message{}}
}

func (q *queue) push(j *job) {
	j.enter(legQueue)
	root := j.duty.SigningRoot
	if len(q.jobs[root]) == 0 {
		q.roots = append(q.roots, root)
	}
	q.jobs[root] = append(q.jobs[root], j)
	q.length++
}

// pop takes up to limit jobs of the first root.
func (q *queue) pop(limit int) chunk {
	root := q.roots[0]
	jobs := q.jobs[root]
	n := min(limit, len(jobs))
	if n == len(jobs) {
		q.roots = q.roots[1:]
		delete(q.jobs, root)
	} else {
		q.jobs[root] = jobs[n:]
	}
	q.length -= n
	return chunk{q.message(root), jobs[:n:n]}
}

// message finds the hashed message of a root, or makes it: the first worker that needs the point computes it.
func (q *queue) message(root messages.Root) *bls.Message {
	if m, ok := q.hashed[root]; ok {
		return m
	}
	if len(q.oldest) == rememberedRoots {
		delete(q.hashed, q.oldest[0])
		q.oldest = q.oldest[1:]
	}
	m := bls.NewMessage(root)
	q.hashed[root] = m
	q.oldest = append(q.oldest, root)
	return m
}

func (q *queue) abandon(err error) {
	for _, jobs := range q.jobs {
		failAll(jobs, err)
	}
}

// dispatch hands the queue to idle workers, spread over as many as there are.
func (f *front) dispatch() {
	free := 0
	for i := range f.workers {
		if f.workers[i].idle {
			free++
		}
	}
	for i := range f.workers {
		if f.queue.length == 0 {
			return
		}
		w := &f.workers[i]
		if w.idle {
			share := max((f.queue.length+free-1)/free, leastChunk)
			w.idle = false
			free--
			actors.Tell(w.ref, f.queue.pop(min(share, chunkSize)))
		}
	}
}
