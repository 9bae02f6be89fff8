#!/usr/bin/env bash
# Installs compliance-trestle, the OSCAL tools of https://oscal-compass.github.io/compliance-trestle/, from PyPI into a Python environment of
# its own outside the repository. What is there already is left alone, so a second run takes a moment.
set -euo pipefail

VERSION=5.2.0
BIN="${SEALWATCH_INTEROP_BIN:-$HOME/.cache/sealwatch-interop}"
mkdir -p "$BIN"
target="$BIN/trestle-$VERSION"

# Debian's Python has no environments without this package.
if ! python3 -c 'import ensurepip' 2>/dev/null; then
  as_root=()
  [[ "$(id -u)" == 0 ]] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv >&2 </dev/null
fi

if [[ ! -x "$target/bin/trestle" ]]; then
  echo "installing compliance-trestle $VERSION" >&2
  rm -rf "$target"
  python3 -m venv "$target"
  "$target/bin/pip" install --quiet --disable-pip-version-check "compliance-trestle==$VERSION" >&2
fi
ln -sfn "trestle-$VERSION/bin/trestle" "$BIN/trestle"
