package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"footnote"
)

// maxLine bounds one exported event.
const maxLine = 1 << 20

var (
	errLine = errors.New("the line is not an exported event, or not as it was written")
	errLong = errors.New("the event is longer than 1 MiB")
)

// line is the exported form of an event.
type line struct {
	Sequence   uint64             `json:"sequence"`
	At         time.Time          `json:"at"`
	Kind       string             `json:"kind"`
	Principal  footnote.Principal `json:"principal"`
	OnBehalfOf footnote.Principal `json:"on_behalf_of"`
	KeyID      string             `json:"key_id"`
	RequestID  string             `json:"request_id"`
	Subject    string             `json:"subject"`
	Outcome    string             `json:"outcome"`
	Details    map[string]string  `json:"details,omitempty"`
	Hash       string             `json:"hash"`
}

// Write exports events, one JSON object a line.
func Write(to io.Writer, events iter.Seq2[Event, error]) error {
	for event, err := range events {
		if err != nil {
			return err
		}
		text, err := encode(event)
		if err != nil {
			return fmt.Errorf("export event %d: %w", event.Sequence, err)
		}
		if _, err = to.Write(text); err != nil {
			return err
		}
	}
	return nil
}

func encode(event Event) ([]byte, error) {
	event.At = event.At.UTC()
	text, err := json.Marshal(line(event))
	if err == nil && len(text) >= maxLine {
		err = errLong
	}
	return append(text, '\n'), err
}

// Read gives the exported events back. Only the very bytes that Write makes are accepted, the last line's end included;
// the first other line is an error and the end.
func Read(from io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := bufio.NewReaderSize(from, maxLine)
		for {
			text, err := lines.ReadSlice('\n')
			if errors.Is(err, io.EOF) && len(text) == 0 {
				return
			}
			event, err := decode(text, err)
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

func decode(text []byte, err error) (Event, error) {
	switch {
	case errors.Is(err, io.EOF):
		return Event{}, errLine
	case errors.Is(err, bufio.ErrBufferFull):
		return Event{}, errLong
	case err != nil:
		return Event{}, err
	}
	var form line
	if json.Unmarshal(text, &form) != nil {
		return Event{}, errLine
	}
	event := Event(form)
	if again, failed := encode(event); failed != nil || !bytes.Equal(again, text) {
		return Event{}, errLine
	}
	return event, nil
}
