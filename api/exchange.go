package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5/middleware"

	"footnote"
)

// exchange is one request and its answer, as the middleware established them.
type exchange struct {
	id      string // the request id
	address string // the client's address
	local   bool   // came in from this very process
	caller  footnote.Caller
	request *http.Request
	writer  middleware.WrapResponseWriter
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		return &exchange{}
	}
	return x
}

func exchangeIn(ctx huma.Context) *exchange { return exchangeOf(ctx.Context()) }

// allowReading gives the client so long to send; zero takes the bound away again, so that it does not end a request
// whose body has come in. Connections that know no deadlines go without.
func (x *exchange) allowReading(within time.Duration) {
	var until time.Time
	if within > 0 {
		until = time.Now().Add(within)
	}
	_ = http.NewResponseController(x.writer).SetReadDeadline(until)
}

// allowWriting gives the client so long to take what is written next.
func (x *exchange) allowWriting(within time.Duration) {
	_ = http.NewResponseController(x.writer).SetWriteDeadline(time.Now().Add(within))
}
