# The server binary alone. Build: make image, or docker build -t handback .
# The sandbox stays out, and so does everything that .dockerignore does not name.

FROM docker.io/library/rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# jemalloc takes the page size of the machine that builds, and starts on none with larger pages: for an Arm kernel with 64 kB
# pages, build on one, or with --build-arg JEMALLOC_SYS_WITH_LG_PAGE=16.
ARG JEMALLOC_SYS_WITH_LG_PAGE
# The caches outlive a build, so only what changed is compiled again; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --no-default-features --bin handback && cp target/release/handback /handback && \
    scripts/notices.sh >/THIRD-PARTY

FROM docker.io/library/debian:bookworm-slim
# Without certificate authorities the client to Bitrix24 refuses to start.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY LICENSE /usr/share/doc/handback/LICENSE
COPY --from=build /THIRD-PARTY /usr/share/doc/handback/THIRD-PARTY
COPY --from=build /handback /usr/local/bin/handback
# Inside a container the loopback address reaches nobody. 8080 is for the proxy, 9080 (health) for the cluster.
ENV HANDBACK_LISTEN=0.0.0.0:8080 HANDBACK_OPS_LISTEN=0.0.0.0:9080
EXPOSE 8080 9080
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
# Alive, not ready: it asks /healthz, for whoever restarts what is unhealthy. Without the database all replicas are unready together.
# Whoever sends people asks /readyz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["handback", "healthcheck"]
ENTRYPOINT ["handback"]
CMD ["serve"]
