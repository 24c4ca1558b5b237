package pgvector

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"footnote"
)

// The codes of PostgreSQL that are told apart.
const (
	undefinedTable     = "42P01"
	invalidSchema      = "3F000"
	noRight            = "42501"
	readOnly           = "25006"
	wrongPassword      = "28P01"
	wrongAuthorization = "28000"
	noDatabase         = "3D000"
	diskFull           = "53100"
	outOfMemory        = "53200"
	tooManyConnections = "53300"
)

// errStale means that another search knows the groups of a later state than the one at hand.
var errStale = errors.New("the groups are those of a later state")

// replaced says that a table was dropped since the state was read, as a rebuild does.
func replaced(err error) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && failure.Code == undefinedTable
}

// fault turns what a statement came to into an error that names the fix. A caller who gave up hears that and nothing else.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, known := errors.AsType[*footnote.Error](err); known {
		return err
	}
	failure, answered := errors.AsType[*pgconn.PgError](err)
	if errors.Is(err, puddle.ErrClosedPool) {
		return unavailable("the index was closed, because another took its place or the program ends: try again", err)
	}
	if !answered {
		if _, dialled := errors.AsType[*pgconn.ConnectError](err); dialled || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || lost(err) {
			return unavailable("PostgreSQL cannot be reached: see that it runs and that its address is right", err)
		}
		return err
	}
	switch failure.Code {
	case undefinedTable, invalidSchema:
		return unavailable("the schema of the index is gone: start again and rebuild the index", err)
	case noRight:
		return unavailable("the database user may not do what the index needs: GRANT CREATE ON DATABASE, or make it the owner of the index's schema", err)
	case readOnly:
		return unavailable("the database is read-only, as a standby is: give the address of the one that takes writes", err)
	case wrongPassword, wrongAuthorization:
		return unavailable("PostgreSQL refuses the user of its address: see the password and pg_hba.conf", err)
	case noDatabase:
		return unavailable("the database of the address is not there: create it", err)
	case diskFull, outOfMemory, tooManyConnections:
		return unavailable("PostgreSQL is out of disk, memory or connections: give it more, or try again later", err)
	}
	if failure.Code[:2] == "57" || failure.Code[:2] == "08" { // it is stopped or starts; the connection is bad
		return unavailable("PostgreSQL stopped while it worked: try again when it runs", err)
	}
	return err
}

// lost says that the connection broke while a statement was under way.
func lost(err error) bool {
	var failure net.Error
	return errors.As(err, &failure) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

func unavailable(message string, err error) error {
	return &footnote.Error{Code: footnote.CodeUnavailable, Message: message, Err: err}
}

func noExtension(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failure, answered := errors.AsType[*pgconn.PgError](err); answered && failure.Code == noRight {
		return unavailable("the database has no extension vector and its user may not make it: run CREATE EXTENSION vector as a superuser", err)
	}
	if _, answered := errors.AsType[*pgconn.PgError](err); answered {
		return unavailable("the database server has no pgvector: install version 0.8 or newer there", err)
	}
	return err
}

// badAddress leaves the cause out: it holds the address.
func badAddress(error) error {
	return footnote.Invalid("dsn", "must be the address of the database, postgres://user@host/database")
}

func mismatch(have, want int) error {
	return footnote.Errorf(footnote.CodeInternal,
		"a vector has %d dimensions where the index has %d: rebuild the index with the model that serves", have, want)
}
