package connectortest

import (
	"context"
	"errors"
	"maps"
	"slices"

	"footnote/connectors"
)

// Recorder is a sink that keeps what it is told. With Fail set, the call it names fails with ErrSink.
type Recorder struct {
	Fail        Call
	Records     []connectors.Record
	Deleted     []string
	Rejected    []Rejection
	Checkpoints []Mark

	held   map[string]connectors.Record
	after  int // calls after the failed one
	failed bool
	onPut  func()
}

// Call names a method of a sink.
type Call string

// The calls that can be made to fail.
const (
	CallPut        Call = "Put"
	CallReject     Call = "Reject"
	CallCheckpoint Call = "Checkpoint"
)

// ErrSink is what a failing Recorder returns.
var ErrSink = errors.New("the sink cannot take it")

// Rejection is a record that could not be read, and why.
type Rejection struct {
	ExternalID string
	Reason     error
}

// Mark is a checkpoint and what the sink held when it came.
type Mark struct {
	Checkpoint string
	held       map[string]connectors.Record
}

// Put keeps the record.
func (r *Recorder) Put(_ context.Context, record connectors.Record) error {
	if err := r.call(CallPut); err != nil {
		return err
	}
	r.Records = append(r.Records, record)
	r.hold(record)
	if r.onPut != nil {
		r.onPut()
	}
	return nil
}

// Delete forgets the record.
func (r *Recorder) Delete(_ context.Context, externalID string) error {
	if err := r.call(""); err != nil {
		return err
	}
	r.Deleted = append(r.Deleted, externalID)
	delete(r.held, externalID)
	return nil
}

// Reject keeps the reason.
func (r *Recorder) Reject(_ context.Context, externalID string, reason error) error {
	if err := r.call(CallReject); err != nil {
		return err
	}
	r.Rejected = append(r.Rejected, Rejection{externalID, reason})
	return nil
}

// Checkpoint keeps the checkpoint.
func (r *Recorder) Checkpoint(_ context.Context, checkpoint string) error {
	if err := r.call(CallCheckpoint); err != nil {
		return err
	}
	r.Checkpoints = append(r.Checkpoints, Mark{checkpoint, maps.Clone(r.held)})
	return nil
}

// IDs lists the external ids that were put, in order.
func (r *Recorder) IDs() []string {
	ids := make([]string, 0, len(r.Records))
	for _, record := range r.Records {
		ids = append(ids, record.ExternalID)
	}
	return ids
}

func (r *Recorder) call(name Call) error {
	if r.failed {
		r.after++
		return ErrSink
	}
	if r.Fail != "" && name == r.Fail {
		r.failed = true
		return ErrSink
	}
	return nil
}

func (r *Recorder) hold(record connectors.Record) {
	if r.held == nil {
		r.held = make(map[string]connectors.Record)
	}
	r.held[record.ExternalID] = record
}

// settle ends a sync: after a complete one only what it sent is there.
func (r *Recorder) settle(result connectors.Result) {
	if !result.Complete {
		return
	}
	sent := r.IDs()
	maps.DeleteFunc(r.held, func(id string, _ connectors.Record) bool { return !slices.Contains(sent, id) })
}
