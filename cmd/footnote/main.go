// Command footnote is the read program and the command line of Footnote. It links nothing that could change a source.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand() //nolint:contextcheck // ExecuteContext hands it over
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "footnote:", err) //nolint:errcheck // there is nowhere else to say it
	if usage, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(stderr, "Run '"+usage.path+" --help' for usage.") //nolint:errcheck // as above
		return exitUsage
	}
	return exitFailed
}

// usageError is a command line that cannot be carried out as it is written.
type usageError struct {
	path string
	error
}

func (e usageError) Unwrap() error { return e.error }

func rootCommand() *cobra.Command {
	o := &options{}
	root := &cobra.Command{
		Use:           "footnote",
		Short:         "Answers from your knowledge, with citations the asker may see",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.register(root)
	root.AddCommand(
		demoCommand(o), serveCommand(o), keyCommand(o), sourceCommand(o), searchCommand(o), answerCommand(o),
		documentsCommand(o), citationCommand(o), auditCommand(o), indexCommand(o), backupCommand(o), restoreCommand(o),
		doctorCommand(o), migrateCommand(o), versionCommand(o),
	)
	misuse(root)
	return root
}

// misuse makes wrong flags and arguments usage errors, here and in every command below.
func misuse(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError{c.CommandPath(), err} })
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{c.CommandPath(), err}
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		misuse(child)
	}
}

// group is a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usageError{c.CommandPath(), errors.New("name one of its commands")}
		},
	}
	cmd.AddCommand(children...)
	return cmd
}
