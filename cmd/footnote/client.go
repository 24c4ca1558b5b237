package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// client asks the API, of a server or of the data folder itself: the command line has one way of doing things.
type client struct {
	base      string
	key       string
	transport http.RoundTripper
	close     func() error
	embed     func(context.Context) error // embeds what waits until nothing does; nil: a server does that
}

// problem is the error that the API answers.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

func (p problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	for _, e := range p.Errors {
		if line := strings.TrimPrefix(e.Location+": "+e.Message, ": "); line != text {
			text += "\n  " + line
		}
	}
	return text
}

// call is one request; header values may be empty.
type call struct {
	method, path string
	body         any
	onBehalfOf   string
}

// do sends a call and decodes the answer into out, which may be nil.
func (c *client) do(ctx context.Context, request call, out any) error {
	response, err := c.send(ctx, request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end or given up
	if out == nil || response.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", request.path, err)
	}
	return nil
}

// pages gathers a list over all its pages; path has a query already.
func (c *client) pages(ctx context.Context, path, list string) ([]json.RawMessage, error) {
	all := []json.RawMessage{}
	for cursor := ""; ; {
		var page map[string]json.RawMessage
		if err := c.do(ctx, call{method: http.MethodGet, path: path + "&cursor=" + url.QueryEscape(cursor)}, &page); err != nil {
			return nil, err
		}
		var items []json.RawMessage
		if err := json.Unmarshal(page[list], &items); err != nil {
			return nil, err
		}
		all, cursor = append(all, items...), ""
		if next, more := page["next_cursor"]; more {
			if err := json.Unmarshal(next, &cursor); err != nil {
				return nil, err
			}
		}
		if cursor == "" {
			return all, nil
		}
	}
}

// lines sends a call and hands every line of the answer to each.
func (c *client) lines(ctx context.Context, request call, each func(line []byte) error) error {
	response, err := c.send(ctx, request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end or given up
	reader := bufio.NewReader(response.Body)
	for {
		line, err := reader.ReadBytes('\n')
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if failed := each(trimmed); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *client) send(ctx context.Context, request call) (*http.Response, error) {
	var body io.Reader
	contentType := "application/json"
	switch b := request.body.(type) {
	case nil:
	case io.Reader:
		body, contentType = b, "application/x-ndjson"
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, request.method, c.base+request.path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", contentType)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	if request.onBehalfOf != "" {
		r.Header.Set("Footnote-On-Behalf-Of", request.onBehalfOf)
	}
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, refused(response)
	}
	return response, nil
}

func refused(response *http.Response) error {
	defer response.Body.Close() //nolint:errcheck // read to its end or given up
	const longest = 64 << 10
	text, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return err
	}
	var p problem
	if err := json.Unmarshal(text, &p); err != nil || p.Code == "" {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return p
}
