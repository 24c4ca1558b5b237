package access

import "footnote"

// Membership says that a collection holds a member directly.
type Membership struct {
	Group  footnote.Principal
	Member footnote.Principal
}
