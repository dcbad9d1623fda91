# The server alone, as an image that needs nothing else.
#
#   docker build -t vpcdns .
#       compiles it (BuildKit, Docker 23 or DOCKER_BUILDKIT=1)
#   docker/files target/release/vpcdns target/image && docker build -t vpcdns -f Dockerfile --build-arg FILES=given target/image
#       takes a binary made outside and asks no registry
#
# Port 53 is bound by the binary's own capability, so the user needs no privilege. A container that drops every
# capability must add NET_BIND_SERVICE again.
ARG FILES=compiled

FROM rust:1.95.0-slim-bookworm AS compile
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin
WORKDIR /src
COPY . .
RUN RUSTFLAGS="-C target-feature=+crt-static" \
    cargo build --release --locked --target "$(uname -m)-unknown-linux-gnu" --target-dir /target \
    && docker/files "/target/$(uname -m)-unknown-linux-gnu/release/vpcdns" /packed \
    && mkdir /files && tar --extract --xattrs --xattrs-include='*' --file /packed/files.tar --directory /files

FROM scratch AS compiled
COPY --from=compile /files /

FROM scratch AS given
ADD files.tar /

FROM ${FILES}
USER 65532:65532
EXPOSE 53/udp 53/tcp
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["/vpcdns", "healthcheck"]
ENTRYPOINT ["/vpcdns"]
CMD ["serve", "--dns", "0.0.0.0:53"]
