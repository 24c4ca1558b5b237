//go:build unix

package testdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// guarding waits until its input ends, which the system sees to when the process at the other end is gone, and clears up.
const guarding = `cat >/dev/null; "$1" stop -s -m immediate -D "$2/data" >/dev/null 2>&1; rm -rf "$2"`

// watch starts the guard, in a session of its own so that an interrupt from the terminal leaves it to its work.
func (c *Cluster) watch() error {
	if err := c.giveAway(); err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	command := exec.Command("/bin/sh", "-c", guarding, "sh", c.bin+"/pg_ctl", c.folder) //nolint:gosec,noctx // G204: our own words; it must outlive every context
	command.Dir, command.Stdin = "/", read
	if err = c.disown(command); err == nil {
		command.SysProcAttr.Setsid = true
		err = command.Start()
	}
	if err != nil {
		return errors.Join(err, read.Close(), write.Close())
	}
	c.guard, c.ended = write, command.Wait
	return read.Close()
}

// giveAway makes the folder that of the user who runs the server.
func (c *Cluster) giveAway() error {
	owner, err := owner()
	if err != nil || owner == nil {
		return err
	}
	return os.Chown(c.folder, int(owner.Uid), int(owner.Gid))
}

// disown makes a command run as the user who owns the folder.
func (*Cluster) disown(command *exec.Cmd) error {
	owner, err := owner()
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	return err
}

// owner is who the server runs as: the user of this process, for which it is nil, but never root, which the server refuses.
func owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nobody else is what SysProcAttr calls nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("%w: there is no user postgres or nobody to run it as", ErrNoServer)
}
