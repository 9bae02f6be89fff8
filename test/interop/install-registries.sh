#!/usr/bin/env bash
# Installs the registries of the interoperability tests, and prints the directory that holds the ones built here.
#
#   test/interop/install-registries.sh            the registries of `npm run test:interop`
#   test/interop/install-registries.sh --gitea    also Gitea, whose build takes as long as all the rest
#   test/interop/install-registries.sh --peers    also cosign, which the benchmark measures Sealwatch against and packs are checked with
#
# docker-registry comes from Debian, Pulp from the Python index (with PostgreSQL, Redis and nginx of Debian); the others are built from the
# Go module proxy. All have fixed versions and lie outside the repository. What is there already is left alone, so a second run takes a
# moment.
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

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

# build_main NAME MODULE VERSION FILE: builds a program of ours that serves a registry which is a library.
build_main() {
  local name="$1" module="$2" version="$3" file="$4"
  local target="$BIN/$name-$version"
  if [[ ! -x "$target" || "$file" -nt "$target" ]]; then
    echo "building $name $version" >&2
    local work
    work="$(mktemp -d)"
    cp "$file" "$work/main.go"
    (
      cd "$work"
      go mod init sealwatch-interop >/dev/null 2>&1
      go mod edit -require "$module@$version"
      nice -n 10 go build -trimpath -ldflags "-s -w" -o "$target.part" . >&2
    )
    mv "$target.part" "$target"
    rm -rf "$work"
  fi
  ln -sfn "$name-$version" "$BIN/$name"
}

# install_pulp GENERATION PACKAGE...
install_pulp() {
  local venv="$BIN/pulp-$1"
  shift
  if [[ ! -x "$venv/bin/pulpcore-manager" ]]; then
    echo "installing $*" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    nice -n 10 "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
  fi
}

# Gitea's go.mod has replace directives, so it is built in a copy of itself; its templates are read from there.
build_gitea() {
  local version="$1" target="$BIN/gitea-$1"
  if [[ ! -x "$target/gitea" ]]; then
    echo "building gitea $version" >&2
    rm -rf "$target"
    local source
    source="$(go mod download -json "code.gitea.io/gitea@$version" | sed -n 's/^\s*"Dir": "\(.*\)",$/\1/p')"
    cp -r --no-preserve=mode "$source" "$target"
    (
      cd "$target"
      # Its SQLite is written in C.
      CGO_ENABLED=1 nice -n 10 go build -trimpath -ldflags "-s -w" -tags "sqlite sqlite_unlock_notify" -o gitea . >&2
    )
  fi
  ln -sfn "gitea-$version" "$BIN/gitea"
}

declare -A packages=([docker-registry]=docker-registry [redis-server]=redis-server [nginx]=nginx-light)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || [[ -x "/usr/sbin/$program" ]] || missing+=("${packages[$program]}")
done
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
python3 -c "import ensurepip" 2>/dev/null || missing+=(python3-venv)
if ((${#missing[@]} > 0)); then
  as_root=()
  [[ "$(id -u)" == 0 ]] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2 </dev/null
fi

build olareg github.com/olareg/olareg v0.1.2 github.com/olareg/olareg/cmd/olareg
build registry github.com/distribution/distribution/v3 v3.1.2 github.com/distribution/distribution/v3/cmd/registry
build crane github.com/google/go-containerregistry v0.22.1 github.com/google/go-containerregistry/cmd/crane
build_main ggcr-referrers github.com/google/go-containerregistry v0.22.1 "$HERE/servers/ggcr-referrers.go"
build_main cuelabs cuelabs.dev/go/oci/ociregistry v0.0.0-20251212221603-3adeb8663819 "$HERE/servers/cuelabs.go"
# The last generation that redirects manifests, and the present one.
install_pulp 2.27 pulpcore==3.114.2 pulp-container==2.27.14
install_pulp 2.30 pulpcore==3.123.1 pulp-container==2.30.0

if [[ "${1:-}" == "--gitea" ]]; then
  build_gitea v1.26.0
fi
if [[ "${1:-}" == "--peers" ]]; then
  build cosign github.com/sigstore/cosign/v2 v2.6.5 github.com/sigstore/cosign/v2/cmd/cosign
fi

echo "$BIN"
