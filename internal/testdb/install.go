package testdb

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"strings"
)

//go:embed install.sh
var installing string

// Install puts PostgreSQL and pgvector where they are missing: on Debian, as root. What it says goes to standard error.
func Install(ctx context.Context) error {
	command := exec.CommandContext(ctx, "/bin/sh", "-s")
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(installing), os.Stderr, os.Stderr
	return command.Run()
}
