package postgres

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"footnote"
)

var (
	errCorrupt = errors.New("the record store holds what it never wrote")
	errClosed  = errors.New("the record store is closed")
	errLost    = errors.New("the connection is gone")
)

const silent = "Postgres did not answer in time; check whether it is overloaded, or others hold locks on the record store"

// The conditions that are acted on, by their SQLSTATE.
const (
	serializationFailure  = "40001"
	deadlockDetected      = "40P01"
	readOnlyTransaction   = "25006"
	insufficientPrivilege = "42501"
)

// remedies say what an operator can do, by SQLSTATE or its class.
var remedies = map[string]string{ //nolint:gochecknoglobals // a table
	"28":                  "Postgres does not let this user in; check the user and the password in the store's address, and pg_hba.conf",
	"3D000":               "the database does not exist; create it, with the encoding UTF8, or correct its name in the store's address",
	"3F000":               "the schema does not exist; start once with the address of a user who may create it",
	insufficientPrivilege: "this user lacks rights in the database; start once as the owner of the record store, and grant footnote_writer to this user",
	"53100":               "the disk of Postgres is full; free some space and try again",
	"53200":               "Postgres is out of memory; give it more or lower its work_mem",
	"53300":               "Postgres takes no more connections; raise max_connections or lower the number of readers",
	readOnlyTransaction:   "this server of Postgres is read-only, as a standby is; name the primary in the store's address, or all servers with target_session_attrs=read-write",
	"57014":               "Postgres cancelled the statement; it took too long or the request ended",
	"57P":                 "Postgres is stopping or starting; try again once it runs",
	"58":                  "the disk of Postgres fails; look into its log, then restore a backup if data was damaged",
	"XX001":               "data of Postgres is damaged; restore a backup",
	"XX002":               "an index of Postgres is damaged; run REINDEX, then check with pg_amcheck",
	serializationFailure:  "others changed the same data at once; try again",
	deadlockDetected:      "others locked the same tables at once; try again",
	"55P03":               "others hold locks on the tables of the record store; end what locks them and try again",
	"25P03":               "the connection stood still in a transaction for too long, so Postgres ended it; try again",
}

// translate gives the failures that an operator can mend a code and a message that says how. The message never holds the
// address of the store, which has a password in it.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if known, ok := errors.AsType[*footnote.Error](err); ok {
		return known
	}
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		for length := len(failure.Code); length >= 2; length-- {
			if message, known := remedies[failure.Code[:length]]; known {
				return unavailable(message, failure)
			}
		}
		return err
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return unavailable("Postgres cannot be reached; check that it runs and the host and port in the store's address", cause(err))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if lost(err) {
		return unavailable("the connection to Postgres was lost; try again once it runs", cause(err))
	}
	return err
}

// cause is the innermost part of a failed connection: what is around it repeats the address.
func cause(err error) error {
	if failure, ok := errors.AsType[*net.OpError](err); ok {
		return failure.Err
	}
	return errLost
}

// lost reports whether the connection is gone.
func lost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || errors.Is(err, errLost) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "unexpected EOF") || strings.Contains(err.Error(), "conn closed")
}

// state is the SQLSTATE of an error, "" when Postgres did not send it.
func state(err error) string {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		return failure.Code
	}
	return ""
}

// again reports whether the same transaction may go through when it is tried once more.
func again(err error) bool {
	return state(err) == serializationFailure || state(err) == deadlockDetected
}

func unavailable(message string, err error) error {
	return &footnote.Error{Code: footnote.CodeUnavailable, Message: message, Err: err}
}
