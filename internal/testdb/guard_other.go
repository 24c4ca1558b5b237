//go:build !unix

package testdb

import (
	"fmt"
	"os/exec"
)

func (*Cluster) watch() error {
	return fmt.Errorf("%w (private servers are started on Unix)", ErrNoServer)
}

func (*Cluster) disown(*exec.Cmd) error { return nil }
