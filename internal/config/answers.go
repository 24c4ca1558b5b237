package config

import "time"

// Answers chooses the language model that writes generated answers. Without a base URL there are none.
type Answers struct {
	BaseURL   string `koanf:"base_url"`   // of an OpenAI-compatible server, up to and with /v1
	Model     string `koanf:"model"`      // as the server names it
	KeyEnv    string `koanf:"key_env"`    // the variable that holds the server's key
	Timeout   string `koanf:"timeout"`    // of one answer; a Go duration
	MaxTokens int    `koanf:"max_tokens"` // of one answer
}

func (a Answers) check() error {
	if (a.BaseURL == "") != (a.Model == "") {
		return invalid("answers", "needs base_url and model, or neither", nil)
	}
	if wait, err := time.ParseDuration(a.Timeout); err != nil || wait <= 0 || wait > 5*time.Minute {
		return invalid("answers.timeout", "must be a duration such as 20s, at most 5m", nil)
	}
	if a.MaxTokens < 1 || a.MaxTokens > 100_000 {
		return invalid("answers.max_tokens", "must be 1 to 100000", nil)
	}
	return nil
}

// Secret returns the value of the variable that holds the server's key; "" when none is named.
func (a Answers) Secret() (string, error) { return secret("answers.key_env", a.KeyEnv) }

// Wait is how long an answer may take.
func (a Answers) Wait() time.Duration {
	wait, _ := time.ParseDuration(a.Timeout) // check refuses what is no duration
	return wait
}
