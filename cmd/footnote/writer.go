package main

import (
	"time"

	"footnote/internal/chat"
	"footnote/internal/config"
	"footnote/retrieval"
)

// newWriter is the language model of generated answers; nil where none is configured.
func newWriter(settings config.Answers) (retrieval.Writer, error) {
	if settings.BaseURL == "" {
		return nil, nil //nolint:nilnil // no model is a setting, not a failure
	}
	key, err := settings.Secret()
	if err != nil {
		return nil, err
	}
	return chat.New(chat.Config{
		BaseURL: settings.BaseURL, Key: key, Model: settings.Model, Timeout: settings.Wait(), MaxTokens: settings.MaxTokens,
	})
}

// requestTimeout leaves a request time to answer extractively when the model took all of its own.
func requestTimeout(settings config.Answers) time.Duration {
	const usual, search = 30 * time.Second, 10 * time.Second
	return max(usual, settings.Wait()+search)
}
