FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 make build

FROM debian:stable-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/footnote footnote \
 && install -d -m 700 -o footnote -g footnote /var/lib/footnote/footnote-data
COPY --from=build /src/bin/footnote /usr/local/bin/footnote
USER footnote
WORKDIR /var/lib/footnote
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["curl", "-fs", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["footnote"]
CMD ["serve"]
