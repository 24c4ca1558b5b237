package sqlite

import (
	"errors"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"footnote"
)

var (
	errCorrupt = errors.New("the record store holds what it never wrote")
	errClosed  = errors.New("the record store is closed")
)

// translate gives the failures that an operator can mend a code and a message that says how.
func translate(err error) error {
	failure, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	message := ""
	switch failure.Code() & 0xff {
	case codes.SQLITE_FULL:
		message = "the record store's disk is full; free some space and try again"
	case codes.SQLITE_READONLY:
		message = "the record store cannot be written; check the rights of its folder and whether its disk is mounted read-only"
	case codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		message = "the record store cannot be opened; check that its folder exists and that this user may write there"
	case codes.SQLITE_IOERR:
		message = "the record store's disk fails; check the disk, then restore a backup if the file was damaged"
	case codes.SQLITE_CORRUPT:
		message = "the record store's file is damaged; restore a backup"
	case codes.SQLITE_NOTADB:
		message = "the file is not a record store; restore a backup or choose another folder"
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		message = "the record store is in use by another program; stop it and try again"
	default:
		return err
	}
	return unavailable(message, err)
}

func unavailable(message string, err error) error {
	return &footnote.Error{Code: footnote.CodeUnavailable, Message: message, Err: err}
}
