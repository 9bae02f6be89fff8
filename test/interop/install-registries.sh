#!/usr/bin/env bash
# Installs the registries of the interoperability tests, and prints the directory that holds the ones built here.
#
#   test/interop/install-registries.sh            registries only
#   test/interop/install-registries.sh --peers    also cosign, which the benchmark measures Sealwatch against and packs are checked with
#
# docker-registry comes from Debian; the others are built from the Go module proxy at a fixed version, outside the repository.
# What is there already is left alone, so a second run takes a moment.
set -euo pipefail

BIN="${SEALWATCH_INTEROP_BIN:-$HOME/.cache/sealwatch-interop}"
mkdir -p "$BIN"

# Two builds side by side need more memory than a small machine has, and the machine may have other work.
export GOFLAGS="-mod=mod -p=${SEALWATCH_INTEROP_JOBS:-2}" CGO_ENABLED=0

# build NAME MODULE VERSION PACKAGE: `go install PACKAGE@VERSION` refuses modules with replace directives,
# so the program is built as a dependency of an empty module.
build() {
  local name="$1" module="$2" version="$3" package="$4"
  local target="$BIN/$name-$version"
  if [[ ! -x "$target" ]]; then
    echo "building $name $version" >&2
    local work
    work="$(mktemp -d)"
    (
      cd "$work"
      go mod init sealwatch-interop >/dev/null 2>&1
      go mod edit -require "$module@$version"
      nice -n 10 go build -trimpath -ldflags "-s -w" -o "$target.part" "$package" >&2
    )
    mv "$target.part" "$target"
    rm -rf "$work"
  fi
  ln -sfn "$name-$version" "$BIN/$name"
}

if ! command -v docker-registry >/dev/null; then
  as_root=()
  [[ "$(id -u)" == 0 ]] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends docker-registry >&2 </dev/null
fi

build olareg github.com/olareg/olareg v0.1.2 github.com/olareg/olareg/cmd/olareg
build registry github.com/distribution/distribution/v3 v3.1.2 github.com/distribution/distribution/v3/cmd/registry

if [[ "${1:-}" == "--peers" ]]; then
  build cosign github.com/sigstore/cosign/v2 v2.6.5 github.com/sigstore/cosign/v2/cmd/cosign
fi

echo "$BIN"
