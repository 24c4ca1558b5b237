// Package connectortest is the suite that every connector must pass. A connector's test describes a real system of its
// kind, filled with a fixture, and calls Run; what the kind does not have is declared with a reason, never left out.
package connectortest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"footnote"
	"footnote/connectors"
)

// Harness describes a kind of system.
type Harness struct {
	System    func(t *testing.T) System // makes a system that holds the fixture, a new one each time
	NoNetwork string                    // why the kind has no network to fail; else System.Fault is needed
	NoSecrets string                    // why the kind is given no secret; else System.Secrets are needed
}

// System is one system with the fixture in it. The fixture makes a sync hand out two checkpoints or more, and holds a
// record that cannot be read before one that can.
type System struct {
	Source      connectors.Source
	Want        []connectors.Record // in the order of a full sync
	Rejected    []string            // external ids, in that order
	Remove      func(t *testing.T) string
	WithoutACL  string            // external id of a record the system states no rights for
	Unreachable connectors.Source // the same connector, pointed at nothing
	Secrets     []string          // what no error may show
	Fault       func(status int)  // the next request fails with this HTTP status
}

const prompt = 5 * time.Second

// Run checks the contract of connectors.Source.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, one := range []struct {
		name string
		test func(*testing.T, System)
	}{
		{"a full crawl equals the fixture", testCrawl},
		{"the order is stable", testOrder},
		{"resuming from any checkpoint ends in the same set", testResume},
		{"a deletion is told", testDeletion},
		{"a record without rights is nobody's", testWithoutACL},
		{"a rejected record does not end the sync", testReject},
		{"the sink's error ends the sync", testSinkError},
		{"cancelling ends promptly", testCancel},
		{"an unreachable system is an error", testUnreachable},
	} {
		t.Run(one.name, func(t *testing.T) {
			system := h.System(t)
			declared(t, h, system)
			one.test(t, system)
		})
	}
	if h.NoNetwork == "" {
		t.Run("passing faults are retried", func(t *testing.T) {
			for _, status := range []int{429, 500, 503} {
				system := h.System(t)
				system.Fault(status)
				testCrawl(t, system)
			}
		})
	}
}

func declared(t *testing.T, h Harness, s System) {
	t.Helper()
	if (h.NoNetwork == "") != (s.Fault != nil) {
		t.Fatal("a harness has a Fault or says in NoNetwork why there is none")
	}
	if (h.NoSecrets == "") != (len(s.Secrets) > 0) {
		t.Fatal("a harness has Secrets or says in NoSecrets why there are none")
	}
	if s.Source == nil || s.Unreachable == nil || s.Remove == nil || s.WithoutACL == "" || len(s.Want) == 0 || len(s.Rejected) == 0 {
		t.Fatal("the harness leaves out a part of the fixture")
	}
}

// full runs a sync from the given checkpoint that has to succeed.
func full(t *testing.T, s System, from string, sink *Recorder) connectors.Result {
	t.Helper()
	result, err := s.Source.Sync(t.Context(), from, sink)
	if err != nil {
		t.Fatalf("sync from %q: %v", from, err)
	}
	for _, rejected := range sink.Rejected {
		silent(t, s, rejected.Reason)
	}
	return result
}

func silent(t *testing.T, s System, err error) {
	t.Helper()
	for _, secret := range s.Secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("an error shows a secret: %v", err)
		}
	}
}

func comparison() cmp.Options {
	return cmp.Options{cmpopts.EquateComparable(footnote.Principal{}, footnote.Period{}), cmpopts.EquateEmpty()}
}

func testCrawl(t *testing.T, s System) {
	t.Helper()
	if err := s.Source.Check(t.Context()); err != nil {
		t.Fatalf("check: %v", err)
	}
	var sink Recorder
	result := full(t, s, "", &sink)
	if diff := cmp.Diff(s.Want, sink.Records, comparison()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if len(sink.Deleted) > 0 {
		t.Errorf("a first crawl deletes %q", sink.Deleted)
	}
	for _, r := range sink.Records {
		checkRecord(t, r)
	}
	if counter, ok := s.Source.(connectors.Counter); ok {
		if n, err := counter.Count(t.Context()); err != nil || n != result.Total || n < len(s.Want) {
			t.Errorf("count: %d and %v, total %d, sent %d", n, err, result.Total, len(s.Want))
		}
	}
}

func checkRecord(t *testing.T, r connectors.Record) {
	t.Helper()
	if r.ExternalID == "" || len(r.Parts) == 0 {
		t.Errorf("record %q has no id or no part", r.ExternalID)
	}
	keys := make(map[string]bool)
	for _, part := range r.Parts {
		if part.Key == "" || keys[part.Key] {
			t.Errorf("record %q: part key %q is empty or given twice", r.ExternalID, part.Key)
		}
		keys[part.Key] = true
	}
}

func testOrder(t *testing.T, s System) {
	t.Helper()
	var first, second Recorder
	full(t, s, "", &first)
	full(t, s, "", &second)
	if diff := cmp.Diff(first.IDs(), second.IDs()); diff != "" {
		t.Errorf("two crawls (-first +second):\n%s", diff)
	}
}

func testResume(t *testing.T, s System) {
	t.Helper()
	var whole Recorder
	full(t, s, "", &whole)
	if len(whole.Checkpoints) < 2 {
		t.Fatalf("the fixture makes %d checkpoints; 2 are needed", len(whole.Checkpoints))
	}
	for _, mark := range whole.Checkpoints {
		sink := Recorder{held: maps.Clone(mark.held)}
		for range 2 {
			sink.Records = nil
			sink.settle(full(t, s, mark.Checkpoint, &sink))
		}
		sameSet(t, mark.Checkpoint, whole.held, sink.held)
		sink.Records = nil
		next := full(t, s, mark.Checkpoint, &Recorder{})
		sink.settle(full(t, s, next.Checkpoint, &sink))
		sameSet(t, "the sync after "+mark.Checkpoint, whole.held, sink.held)
	}
}

func sameSet(t *testing.T, from string, want, got map[string]connectors.Record) {
	t.Helper()
	if diff := cmp.Diff(want, got, comparison()); diff != "" {
		t.Errorf("after resuming from %q (-want +got):\n%s", from, diff)
	}
}

func testDeletion(t *testing.T, s System) {
	t.Helper()
	var sink Recorder
	first := full(t, s, "", &sink)
	gone := s.Remove(t)
	if _, held := sink.held[gone]; !held {
		t.Fatalf("%q was never there", gone)
	}
	sink.Records = nil
	sink.settle(full(t, s, first.Checkpoint, &sink))
	if _, held := sink.held[gone]; held {
		t.Errorf("%q is neither deleted nor missing from a complete listing", gone)
	}
	if len(sink.held) != len(s.Want)-1 {
		t.Errorf("%d records are left of %d", len(sink.held), len(s.Want))
	}
}

func testWithoutACL(t *testing.T, s System) {
	t.Helper()
	var sink Recorder
	full(t, s, "", &sink)
	record, put := sink.held[s.WithoutACL]
	rejected := slices.ContainsFunc(sink.Rejected, func(r Rejection) bool { return r.ExternalID == s.WithoutACL })
	if put == rejected {
		t.Fatalf("%q must be either sent or rejected; sent %v, rejected %v", s.WithoutACL, put, rejected)
	}
	if put && !record.ACL.IsNobody() {
		t.Errorf("%q without rights is readable: %s", s.WithoutACL, record.ACL)
	}
}

func testReject(t *testing.T, s System) {
	t.Helper()
	var sink Recorder
	full(t, s, "", &sink)
	var ids []string
	for _, r := range sink.Rejected {
		ids = append(ids, r.ExternalID)
		if r.Reason == nil || r.Reason.Error() == "" {
			t.Errorf("%q is rejected without a reason", r.ExternalID)
		}
	}
	if diff := cmp.Diff(s.Rejected, ids); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}

func testSinkError(t *testing.T, s System) {
	t.Helper()
	for _, call := range []Call{CallPut, CallReject, CallCheckpoint} {
		sink := Recorder{Fail: call}
		_, err := s.Source.Sync(t.Context(), "", &sink)
		if err != ErrSink { //nolint:errorlint // as it is means the same value, not wrapped
			t.Errorf("%s fails: got %v, want the sink's own error", call, err)
		}
		if sink.after > 0 {
			t.Errorf("%s fails: the sink is called %d times more", call, sink.after)
		}
	}
}

func testCancel(t *testing.T, s System) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, when := range []string{"after the first record", "before the start"} {
		sink := Recorder{onPut: cancel}
		started := time.Now()
		_, err := s.Source.Sync(ctx, "", &sink)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled %s: %v", when, err)
		}
		if took := time.Since(started); took > prompt {
			t.Errorf("cancelled %s: Sync went on for %s", when, took)
		}
		if len(sink.Records) > 1 {
			t.Errorf("cancelled %s: %d records were sent", when, len(sink.Records))
		}
	}
}

func testUnreachable(t *testing.T, s System) {
	t.Helper()
	checkErr := s.Unreachable.Check(t.Context())
	var sink Recorder
	result, syncErr := s.Unreachable.Sync(t.Context(), "", &sink)
	if checkErr == nil || syncErr == nil {
		t.Fatalf("an unreachable system: check says %v, sync %v", checkErr, syncErr)
	}
	if result.Complete {
		t.Error("a failed sync calls itself complete")
	}
	silent(t, s, checkErr)
	silent(t, s, syncErr)
}
