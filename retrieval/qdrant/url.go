package qdrant

import (
	"crypto/tls"
	"net/url"
	"strconv"

	"footnote"
)

// ParseURL reads qdrant://host:port?tls=true&prefix=footnote&shards=2&replicas=2; everything but the scheme may be left
// out. An API key is no part of it: addresses are written to logs.
func ParseURL(text string) (Config, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "qdrant":
		return Config{}, invalidURL("must be like qdrant://host:6334")
	case u.User != nil:
		return Config{}, invalidURL("must not hold a password or an API key: set the key by itself")
	case u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "":
		return Config{}, invalidURL("must end after the port, but for settings after a question mark")
	}
	c := Config{Host: u.Hostname()}
	if port := u.Port(); port != "" {
		if c.Port, err = strconv.Atoi(port); err != nil || c.Port == 0 {
			return Config{}, invalidURL("must have a number as its port")
		}
	}
	for name, values := range u.Query() {
		if err := c.set(name, values[len(values)-1]); err != nil {
			return Config{}, err
		}
	}
	return c, nil
}

func (c *Config) set(name, value string) error {
	var err error
	switch name {
	case "prefix":
		c.Prefix = value
	case "shards":
		c.Shards, err = strconv.Atoi(value)
	case "replicas":
		c.Replicas, err = strconv.Atoi(value)
	case "tls":
		var on bool
		if on, err = strconv.ParseBool(value); on {
			c.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		}
	default:
		return invalidURL("knows the settings tls, prefix, shards and replicas")
	}
	if err != nil {
		return invalidURL("has a setting that is no number, or neither true nor false")
	}
	return nil
}

func invalidURL(message string) error { return footnote.Invalid("qdrant", message) }
