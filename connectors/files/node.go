package files

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"footnote"
)

// fault says where in a YAML text something is wrong.
type fault struct {
	line int
	key  string
	err  error
}

func (f *fault) Error() string { return fmt.Sprintf("line %d: %s: %s", f.line, f.key, f.err) }
func (f *fault) Unwrap() error { return f.err }

// within puts a key before the place of an error; an error without a place gets the node's.
func within(key string, node *yaml.Node, err error) error {
	if err == nil {
		return nil
	}
	inner, ok := errors.AsType[*fault](err)
	if !ok {
		return &fault{line: node.Line, key: key, err: saying(err)}
	}
	return &fault{line: inner.line, key: key + "." + inner.key, err: inner.err}
}

// saying drops the field a domain error names, because the fault names the key.
func saying(err error) error {
	if own, ok := errors.AsType[*footnote.Error](err); ok {
		return errors.New(own.Message)
	}
	return err
}

type nodeReader func(*yaml.Node) error

// mapping hands each key's value to its reader; a key without a reader, or given twice, is a fault.
func mapping(node *yaml.Node, readers map[string]nodeReader) error {
	return pairs(node, func(key, value *yaml.Node) error {
		read, known := readers[key.Value]
		if !known {
			return &fault{line: key.Line, key: key.Value, err: errors.New("is not known here")}
		}
		return within(key.Value, value, read(value))
	})
}

// pairs walks a mapping in order.
func pairs(node *yaml.Node, visit func(key, value *yaml.Node) error) error {
	if node.Kind != yaml.MappingNode {
		return errors.New("must hold keys and values")
	}
	seen := make(map[string]bool, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return &fault{line: key.Line, key: key.Value, err: errors.New("is given twice or is no plain key")}
		}
		seen[key.Value] = true
		if err := visit(key, node.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func isEmpty(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && (node.Tag == "!!null" || strings.TrimSpace(node.Value) == "")
}

// text is a scalar as it is written, whatever YAML takes it for.
func text(node *yaml.Node) (string, error) {
	if node.Kind == yaml.SequenceNode && len(node.Content) == 1 {
		node = node.Content[0]
	}
	if node.Kind != yaml.ScalarNode {
		return "", errors.New("must be one text")
	}
	return strings.TrimSpace(node.Value), nil
}

// texts is a list of scalars; one scalar is a list of one. Empty items are left out.
func texts(node *yaml.Node) ([]string, error) {
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
	}
	var found []string
	for _, item := range items {
		if item.Kind != yaml.ScalarNode {
			return nil, errors.New("must be a text or a list of texts")
		}
		if !isEmpty(item) {
			found = append(found, strings.TrimSpace(item.Value))
		}
	}
	return slices.Clip(found), nil
}

func number(node *yaml.Node) (float64, error) {
	written, err := text(node)
	if err != nil {
		return 0, err
	}
	value, err := strconv.ParseFloat(written, 64)
	if err != nil || value < 0 || value > 1 || value != value {
		return 0, errors.New("must be a number from 0 to 1")
	}
	return value, nil
}

// rule reads {all_of: [[...]], deny: [...]}.
func rule(node *yaml.Node) (footnote.ACL, error) {
	var allOf [][]footnote.Principal
	var deny []footnote.Principal
	err := mapping(node, map[string]nodeReader{
		"all_of": func(list *yaml.Node) error {
			if list.Kind != yaml.SequenceNode {
				return errors.New("must be a list of lists of principals")
			}
			for _, item := range list.Content {
				clause, err := principals(item)
				if err != nil {
					return err
				}
				allOf = append(allOf, clause)
			}
			return nil
		},
		"deny": func(list *yaml.Node) (err error) {
			deny, err = principals(list)
			return err
		},
	})
	if err != nil {
		return footnote.ACL{}, err
	}
	return footnote.NewACL(allOf, deny)
}

func principals(node *yaml.Node) ([]footnote.Principal, error) {
	if node.Kind != yaml.SequenceNode {
		return nil, errors.New("must be a list of principals")
	}
	var found []footnote.Principal
	for _, item := range node.Content {
		name, err := text(item)
		if err != nil {
			return nil, err
		}
		principal, err := footnote.ParsePrincipal(name)
		if err != nil {
			return nil, err
		}
		found = append(found, principal)
	}
	return found, nil
}
