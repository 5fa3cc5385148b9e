#!/usr/bin/env bash
# Builds the Dockerfile, then starts the image once against a private Postgres and sees it ready.
#
# With a Docker or Podman engine the image stays there as handback:latest. Without one, buildah (root, Debian) builds it
# in a folder of its own, on base images made here by debootstrap and from the local Rust toolchain, since no registry
# may be within reach; that proves the Dockerfile, and all of it is removed again. IMAGE_ARCHIVE=file.tar keeps the
# result (docker load reads it).
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

NAME=handback:latest
CONTAINER=handback-trial-$$

# A client without an engine behind it is no engine.
engine() {
    local candidate
    for candidate in docker podman; do
        ! have "$candidate" || ! "$candidate" info >/dev/null 2>&1 || { echo "$candidate" && return; }
    done
    echo buildah
}

# --- with an engine -------------------------------------------------------------------------------------------------

# Podman leaves the health check out of its own format.
engine_build() {
    local format=()
    [[ $ENGINE != podman ]] || format=(--format docker)
    in_group "$ENGINE" build "${format[@]}" -t "$NAME" "$ROOT" || die "The image did not build"
}

engine_command() {
    at_exit "$ENGINE rm -f $CONTAINER >/dev/null 2>&1"
    TRIAL=("$ENGINE" run --rm --network host --name "$CONTAINER" "${ENV_NAMES[@]}" "$NAME")
}

engine_keep() { say "The image is $NAME in $ENGINE"; }

# --- without one ----------------------------------------------------------------------------------------------------

buildah_prepare() {
    [[ $EUID -eq 0 ]] || die "No Docker or Podman engine answers, and building without one needs root"
    need buildah buildah
    need debootstrap debootstrap
    need_build_tools
    HOME_DIR=$(mktemp -d /var/tmp/handback-image.XXXXXX)
    at_exit "buildah_clean"
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$HOME_DIR/policy.json"
    # Cache mounts live under TMPDIR; this one stays, and makes the second build a short one.
    mkdir -p "$ROOT/.cache/image"
    export BUILDAH_ISOLATION=chroot TMPDIR=$ROOT/.cache/image
    BUILDAH=(buildah --root "$HOME_DIR/root" --runroot "$HOME_DIR/run" --storage-driver vfs)
}

# An interrupted debootstrap leaves /proc mounted in there; nothing is removed through a mount.
buildah_clean() {
    umount -l "$HOME_DIR"/debian/{proc,sys} 2>/dev/null
    "${BUILDAH[@]}" rm -a >/dev/null 2>&1
    "${BUILDAH[@]}" rmi -a -f >/dev/null 2>&1
    rm -rf --one-file-system "$HOME_DIR"
}

b() {
    local verb=$1 policy=()
    shift
    case $verb in from | bud | commit | push) policy=(--signature-policy "$HOME_DIR/policy.json") ;; esac
    "${BUILDAH[@]}" "$verb" "${policy[@]}" "$@"
}

# What the Dockerfile calls debian:bookworm-slim.
buildah_debian() {
    local container
    say "Making the base image with debootstrap"
    in_group debootstrap --variant=minbase bookworm "$HOME_DIR/debian" >"$HOME_DIR/debootstrap.log" ||
        fail_with_log "debootstrap failed" "$HOME_DIR/debootstrap.log"
    container=$(b from scratch)
    b add -q "$container" "$HOME_DIR/debian" / >/dev/null
    b config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    b commit -q --rm "$container" "$(base_name debian)" >/dev/null
    rm -rf "$HOME_DIR/debian"
}

# What the Dockerfile calls rust:…: the local toolchain at the place of the official one, with this machine's
# certificate authorities, for a network that has its own.
buildah_rust() {
    local container rust=/usr/local/rust part
    say "Making the Rust image from $(rustc --version)"
    container=$(b from --pull-never "$(base_name debian)")
    b run --network host "$container" -- sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install \
        -y -qq --no-install-recommends gcc make libc6-dev ca-certificates' >"$HOME_DIR/rust.log" 2>&1 ||
        fail_with_log "Installing a C compiler and make in the Rust image failed" "$HOME_DIR/rust.log"
    for part in bin lib libexec; do # not share: its manuals are the bigger half
        b add -q "$container" "$(rustc --print sysroot)/$part" "$rust/$part" >/dev/null
    done
    b add -q "$container" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt >/dev/null
    b config --env "PATH=$rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        --env CARGO_HOME=/usr/local/cargo "$container"
    b commit -q --rm "$container" "$(base_name rust)" >/dev/null
}

# The name that the Dockerfile gives it.
base_name() { sed -nE "s|^FROM (docker.io/library/$1:[^ ]+).*|\1|p" "$ROOT/Dockerfile"; }

buildah_build() {
    buildah_prepare
    buildah_debian
    buildah_rust
    say "Building the image; the first release build takes about five minutes"
    in_group "${BUILDAH[@]}" bud --signature-policy "$HOME_DIR/policy.json" --format docker --pull-never --network host \
        -t "$NAME" "$ROOT" || die "The image did not build"
}

# buildah knows no entrypoint when it runs something, so it is read from the image.
buildah_command() {
    local container
    container=$(b from --pull-never "$NAME")
    TRIAL=("${BUILDAH[@]}" run --network host "${ENV_PAIRS[@]}" "$container" -- handback serve)
}

buildah_keep() {
    [[ -n ${IMAGE_ARCHIVE:-} ]] || { say "No engine to keep it in: removing it (IMAGE_ARCHIVE=file.tar keeps it)" && return; }
    TMPDIR=/var/tmp b push -q "$NAME" "docker-archive:$IMAGE_ARCHIVE:$NAME"
    say "The image is in $IMAGE_ARCHIVE"
}

# --- the trial ------------------------------------------------------------------------------------------------------

# Loopback as the only authorization server: the trial speaks to nobody outside.
trial_settings() {
    free_port && APP_PORT=$FREE_PORT
    free_port && OPS_PORT=$FREE_PORT
    local pair
    ENV_NAMES=() ENV_PAIRS=()
    for pair in "DATABASE_URL=$(pg_url handback)" "HANDBACK_PUBLIC_URL=http://localhost:$APP_PORT" \
        "HANDBACK_CLIENT_ID=$CLIENT_ID" "HANDBACK_CLIENT_SECRET=$(new_secret)" "HANDBACK_KEYS=$(new_key)" \
        "HANDBACK_OAUTH_SERVERS=http://127.0.0.1:$APP_PORT" "HANDBACK_LISTEN=127.0.0.1:$APP_PORT" \
        "HANDBACK_OPS_LISTEN=127.0.0.1:$OPS_PORT"; do
        export "${pair?}"
        ENV_NAMES+=(--env "${pair%%=*}")
        ENV_PAIRS+=(--env "$pair")
    done
}

trial() {
    local log=$PG_HOME/image.log
    say "Starting the image beside a private Postgres"
    spawn TERM "$log" "${TRIAL[@]}"
    at_exit "stop_child TERM $SPAWNED"
    wait_for 60 "$SPAWNED" "The image" "$log" stack_app_ready
    say "The image is ready: /readyz answers 200"
}

end_cleanly
ENGINE=$(engine)
MAKER=engine
[[ $ENGINE != buildah ]] || MAKER=buildah
"${MAKER}_build"
pg_throwaway
pg_create_database handback
trial_settings
"${MAKER}_command"
trial
"${MAKER}_keep"
