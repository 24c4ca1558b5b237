package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// peerFolder holds the script that runs ONNX Runtime, and its packages once `make peer` has been.
const peerFolder = "internal/bench/peer-onnx"

// peer is ONNX Runtime with the encoder's weights in a process of its own.
type peer struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// startPeer starts the peer. Its second result says why there is none.
func startPeer(ctx context.Context, model string) (*peer, string) {
	if _, err := os.Stat(filepath.Join(peerFolder, "node_modules", "onnxruntime-node")); err != nil {
		return nil, "not installed (make peer)"
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, "no node to run it"
	}
	if _, err = os.Stat(model); err != nil {
		return nil, "its model is not here"
	}
	p := &peer{command: exec.CommandContext(ctx, node, filepath.Join(peerFolder, "peer.js"), model)} //nolint:gosec // G204: our own script
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err == nil {
		p.out = bufio.NewReader(out)
		p.in, err = p.command.StdinPipe()
	}
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		return nil, err.Error()
	}
	if _, err = p.out.ReadString('\n'); err != nil {
		_ = p.close()
		return nil, "it ended at once"
	}
	return p, ""
}

// run encodes tokens so many times and returns how long each time took, and the vector, which is not of length one.
func (p *peer) run(ids []int32, runs int) ([]time.Duration, []float32, error) {
	question, err := json.Marshal(map[string]any{"ids": ids, "runs": runs})
	if err != nil {
		return nil, nil, err
	}
	if _, err = p.in.Write(append(question, '\n')); err != nil {
		return nil, nil, fmt.Errorf("ask the peer: %w", err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, nil, fmt.Errorf("the peer's answer: %w", err)
	}
	var answer struct {
		Took   []float64
		Vector []float32
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, nil, fmt.Errorf("the peer's answer: %w", err)
	}
	if len(answer.Took) != runs {
		return nil, nil, fmt.Errorf("the peer ran %d times, not %d", len(answer.Took), runs)
	}
	took := make([]time.Duration, runs)
	for i, ms := range answer.Took {
		took[i] = time.Duration(ms * float64(time.Millisecond))
	}
	return took, answer.Vector, nil
}

func (p *peer) close() error {
	return errors.Join(p.in.Close(), p.command.Wait())
}
