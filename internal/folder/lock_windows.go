//go:build windows

package folder

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock at once or fails; the system gives it back when the process ends, however it ends.
func tryLock(file *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
}
