package text

import (
	"strconv"
	"strings"
)

// palette is the colour of letters and of their ground, where an element inherits them.
type palette struct{ ink, ground string }

// styleOf reads a style attribute: how it hides its element, if at all, and the colours below it.
func styleOf(style string, colours palette) (HiddenKind, palette) {
	rules := map[string]string{}
	for rule := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(rule, ":")
		value = strings.TrimSpace(strings.Replace(value, "!important", "", 1))
		rules[strings.TrimSpace(name)] = value
	}
	if ink := rules["color"]; ink != "" {
		colours.ink = colour(ink)
	}
	for _, name := range []string{"background", "background-color"} {
		if ground := rules[name]; ground != "" && ground != "transparent" && ground != "none" {
			colours.ground = colour(ground)
		}
	}
	switch {
	case rules["display"] == "none", rules["visibility"] == "hidden", rules["visibility"] == "collapse",
		atMost(rules["opacity"], 0.05):
		return Invisible, colours
	case atMost(rules["font-size"], 1) && !relative(rules["font-size"]), zeroBox(rules):
		return Tiny, colours
	case offScreen(rules):
		return OffScreen, colours
	}
	return "", colours
}

func (p palette) hides() bool { return p.ink == p.ground || p.ink == "none" }

func relative(size string) bool {
	return !atMost(size, 0.05) && (strings.HasSuffix(size, "em") || strings.HasSuffix(size, "%") || strings.HasSuffix(size, "in"))
}

func zeroBox(rules map[string]string) bool {
	if rules["overflow"] != "hidden" {
		return false
	}
	for _, name := range []string{"width", "height", "max-width", "max-height"} {
		if atMost(rules[name], 1) {
			return true
		}
	}
	return false
}

func offScreen(rules map[string]string) bool {
	const far = -200
	for _, name := range []string{"left", "top", "right", "bottom"} {
		if rules["position"] != "" && atMost(rules[name], far) {
			return true
		}
	}
	for _, name := range []string{"text-indent", "margin-left", "margin-top"} {
		if atMost(rules[name], far) {
			return true
		}
	}
	clip, moved := strings.ReplaceAll(rules["clip"], " ", ""), rules["transform"]
	return strings.HasPrefix(clip, "rect(0") || strings.HasPrefix(clip, "rect(1px,1px,1px") ||
		strings.HasPrefix(rules["clip-path"], "inset(50%") || strings.HasPrefix(rules["clip-path"], "inset(100%") ||
		strings.HasPrefix(moved, "scale(0)") || strings.HasPrefix(moved, "translate") && strings.Contains(moved, "(-9")
}

// atMost tells whether a length is given and no more than limit, whatever its unit.
func atMost(length string, limit float64) bool {
	number := strings.TrimRight(length, "abcdefghijklmnopqrstuvwxyz% ")
	value, err := strconv.ParseFloat(number, 64)
	return err == nil && value <= limit
}

// colour brings the common ways to write a colour to one, so that equal colours compare equal.
func colour(value string) string {
	value = strings.ReplaceAll(value, " ", "")
	if name, known := strings.CutPrefix(value, "#"); known {
		if len(name) == 3 {
			return "#" + strings.Repeat(name[:1], 2) + strings.Repeat(name[1:2], 2) + strings.Repeat(name[2:], 2)
		}
		return value
	}
	switch value {
	case "white":
		return "#ffffff"
	case "black":
		return "#000000"
	case "transparent":
		return "none"
	}
	open := strings.IndexByte(value, '(')
	if !strings.HasPrefix(value, "rgb") || open < 0 {
		return value
	}
	parts := strings.Split(strings.TrimSuffix(value[open+1:], ")"), ",")
	if len(parts) < 3 || len(parts) == 4 && atMost(parts[3], 0.05) {
		return "none"
	}
	hex := []byte{'#'}
	for _, part := range parts[:3] {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return value
		}
		hex = append(hex, "0123456789abcdef"[n>>4], "0123456789abcdef"[n&15])
	}
	return string(hex)
}
