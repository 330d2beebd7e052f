package telemetry

import (
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"containment-chamber/messages"
)

// pace is what can be told from how far loading is.
type pace struct {
	percent   int
	perSecond float64
	left      time.Duration // 0 when it cannot be told
}

func paceOf(e messages.KeysLoading) pace {
	var p pace
	read := e.Done + e.Failures
	if e.Found > 0 {
		p.percent = 100 * read / e.Found
	}
	if e.Took > 0 {
		p.perSecond = float64(read) / e.Took.Seconds()
	}
	if p.perSecond > 0 {
		p.left = time.Duration(float64(e.Found-read) / p.perSecond * float64(time.Second)).Round(time.Second)
	}
	return p
}

// rate is perSecond with the digits that mean something.
func (p pace) rate() string {
	if p.perSecond < 10 {
		return fmt.Sprintf("%.1f", p.perSecond)
	}
	return fmt.Sprintf("%.0f", p.perSecond)
}

// barCells is the length of the bar itself.
const barCells = 20

// progressBar draws one line of at most width columns, in ASCII.
func progressBar(e messages.KeysLoading, width int) string {
	p := paceOf(e)
	full := p.percent * barCells / 100
	line := fmt.Sprintf("loading keys [%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat("-", barCells-full), e.Done+e.Failures, e.Found)
	if e.Failures > 0 {
		line += fmt.Sprintf(", %d failed", e.Failures)
	}
	line += ", " + p.rate() + "/s"
	if p.left > 0 {
		line += fmt.Sprintf(", %v left", p.left)
	}
	return cut(line, width)
}

func cut(line string, width int) string { return line[:min(len(line), max(0, width))] }

// ProgressLog returns an observer that logs how far the loading of keys is, for those who have no terminal: a line after
// each tenth of the files, though at most one a second, and at least one in five seconds in which files were read.
// Loading that takes less than a second leaves no line.
func ProgressLog(logger *slog.Logger) func(messages.Event) {
	logger = logger.With(targetKey, messages.TargetKeys)
	var mu sync.Mutex
	var last messages.KeysLoading // that was logged, of this loading
	return func(event messages.Event) {
		e, ok := event.(messages.KeysLoading)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if e.Took < last.Took {
			last = messages.KeysLoading{} // another loading
		}
		p := paceOf(e)
		since, tenths := e.Took-last.Took, p.percent/10-paceOf(last).percent/10
		if since < time.Second || since < 5*time.Second && tenths < 1 {
			return
		}
		last = e
		logger.Info("loading keys", "done", e.Done, "failures", e.Failures, "found", e.Found,
			"keys_per_second", math.Round(10*p.perSecond)/10, "left", p.left.String())
	}
}
