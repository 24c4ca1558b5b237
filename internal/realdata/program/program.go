// Package program builds the read program, runs it on a data folder and speaks to it over HTTP, as its users do.
//
// It promises that the program is stopped when its context ends or Close is called. What is asked is for its callers.
package program

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	startTimeout = 2 * time.Minute
	stopTimeout  = 20 * time.Second
)

// Program is the built program and the model that it runs with.
type Program struct {
	Path  string
	Model string // "static" or "minilm"
}

// Build compiles the program into a folder as `make build` does. It runs with the static model, so that what is measured is
// not the time of a larger one.
func Build(ctx context.Context, folder string) (Program, error) {
	p := Program{Path: filepath.Join(folder, "footnote"), Model: "static"}
	return p, Compile(ctx, p.Path, "-trimpath", "-ldflags", "-s -w")
}

// Compile compiles the program into a file, with flags of go build.
func Compile(ctx context.Context, path string, flags ...string) error {
	arguments := append(append([]string{"build"}, flags...), "-o", path, "footnote/cmd/footnote")
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // G204: a fixed command
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// CreateKey makes an API key on a data folder that no server holds.
func (p Program) CreateKey(ctx context.Context, data, principal string, scopes ...string) (string, error) {
	command := p.command(ctx, "key", "create", "--data", data, "--json",
		"--name", "measurement", "--principal", principal, "--scopes", strings.Join(scopes, ","))
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("create a key: %w", err)
	}
	var made struct{ Key string }
	if err := json.Unmarshal(out, &made); err != nil {
		return "", fmt.Errorf("create a key: %w", err)
	}
	return made.Key, nil
}

func (p Program) command(ctx context.Context, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, p.Path, arguments...) //nolint:gosec // G204: our own binary
	command.Env = append(os.Environ(), "FOOTNOTE_LOG_LEVEL=warn", "FOOTNOTE_EMBEDDING="+p.Model)
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopTimeout
	return command
}

// Server is the program serving a data folder.
type Server struct {
	Ready   time.Duration // from its start until it was ready
	base    string
	client  *http.Client
	command *exec.Cmd
	ended   chan error
}

// Start serves a data folder on a free port of this machine and returns when the program is ready.
func (p Program) Start(ctx context.Context, data string) (*Server, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := server(p.command(ctx, "serve", "--data", data, "--listen", address), "http://"+address)
	started := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	s.watch()
	if err := s.await(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Ready = time.Since(started)
	return s, nil
}

func server(command *exec.Cmd, base string) *Server {
	const connections = 64
	return &Server{
		base: base, command: command, ended: make(chan error, 1),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}},
	}
}

func (s *Server) watch() {
	go func() { s.ended <- s.command.Wait() }()
}

// Tour is what the demo says of itself.
type Tour struct {
	API       string
	Keys      map[string]string // by what their holder is: "agent"
	Questions []string
}

// Demo starts the sample company and returns when it has told where it is.
func (p Program) Demo(ctx context.Context) (*Server, Tour, error) {
	command := p.command(ctx, "demo", "--json")
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, Tour{}, err
	}
	started := time.Now()
	if err = command.Start(); err != nil {
		return nil, Tour{}, fmt.Errorf("start the demo: %w", err)
	}
	var tour Tour
	if err = json.NewDecoder(out).Decode(&tour); err != nil {
		return nil, tour, errors.Join(fmt.Errorf("read what the demo says: %w", err), command.Process.Kill(), command.Wait())
	}
	s := server(command, tour.API)
	s.Ready = time.Since(started)
	s.watch()
	return s, tour, nil
}

func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// await asks until the program says that it is ready.
func (s *Server) await(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, startTimeout)
	defer stop()
	const pause = 5 * time.Millisecond
	for ticker := time.NewTicker(pause); ; {
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the program ended before it was ready: %w", err)
		case <-ctx.Done():
			ticker.Stop()
			return fmt.Errorf("wait for the program: %w", ctx.Err())
		case <-ticker.C:
		}
		if err := s.Do(ctx, Call{Method: http.MethodGet, Path: "/readyz"}, nil); err == nil {
			ticker.Stop()
			return nil
		}
	}
}

// Memory is the program's resident memory in bytes; 0 where the system does not tell.
func (s *Server) Memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// Close stops the program and waits for it.
func (s *Server) Close() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := <-s.ended; err != nil {
		return fmt.Errorf("the program: %w", err)
	}
	return nil
}

// Call is one request. Body is JSON, or NDJSON when it is bytes.
type Call struct {
	Method, Path, Key string
	Body              any
}

// Do sends a request and reads a JSON answer into out, or all of it when out is a *[]byte; nil drops it.
func (s *Server) Do(ctx context.Context, call Call, out any) error {
	request, err := s.request(ctx, call)
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	text, err := read(response)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %d %s", call.Method, call.Path, response.StatusCode, text)
	}
	switch into := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = text
		return nil
	}
	return json.Unmarshal(text, out)
}

func (s *Server) request(ctx context.Context, call Call) (*http.Request, error) {
	text, lines := call.Body.([]byte)
	kind := "application/x-ndjson"
	if !lines {
		kind = "application/json"
		var err error
		if text, err = json.Marshal(call.Body); err != nil {
			return nil, err
		}
	}
	if call.Body == nil {
		text = nil
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, s.base+call.Path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if call.Body != nil {
		request.Header.Set("Content-Type", kind)
	}
	if call.Key != "" {
		request.Header.Set("Authorization", "Bearer "+call.Key)
	}
	return request, nil
}

func read(response *http.Response) ([]byte, error) {
	text, err := io.ReadAll(response.Body)
	return text, errors.Join(err, response.Body.Close())
}
