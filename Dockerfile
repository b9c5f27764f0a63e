# Kith as a container: built on the official Rust image, run on a small Debian as nobody in
# particular. The two are the same Debian release, because the program uses its C library.

FROM rust:1.95.0-slim-trixie AS build
WORKDIR /src
# What the default build leaves out: passkeys.
ARG FEATURES=""
COPY . .
# The downloaded crates and the built dependencies are kept between builds, outside the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin kith --features "$FEATURES" \
    && install -D --mode=0755 target/release/kith /image/usr/local/bin/kith \
    && install -d --owner=10001 --group=10001 --mode=0700 /image/data

FROM debian:13.6-slim
COPY --from=build /image/ /

# Inside a container the loopback address would reach nobody. The operator sets PUBLIC_URL.
ENV DATA_DIR=/data \
    LISTEN_ADDR=0.0.0.0:8080
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["kith", "healthcheck"]
ENTRYPOINT ["kith"]
CMD ["serve"]
