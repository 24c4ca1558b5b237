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

// requestTimeout leaves a request time to answer extractively when a language model took all of its own.
func requestTimeout(settings config.Config) time.Duration {
	const search = 10 * time.Second
	wait, _ := time.ParseDuration(settings.RequestTimeout) // config refuses what is no duration
	if settings.Answers.BaseURL == "" {
		return wait
	}
	return max(wait, settings.Answers.Wait()+search)
}
