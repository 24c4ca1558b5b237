//go:build unix

package folder

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes the lock at once or fails; the system gives it back when the process ends, however it ends.
func tryLock(file *os.File) error {
	return unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
}
