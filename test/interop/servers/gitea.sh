#!/usr/bin/env bash
# Starts or stops Gitea with its container registry on loopback, over a database in one file.
#
#   test/interop/servers/gitea.sh start SOURCE FOLDER PORT     answers at http://127.0.0.1:PORT, for lab:pass12345
#   test/interop/servers/gitea.sh stop FOLDER
#
# SOURCE is what `install-registries.sh --gitea` made: the program and its templates.
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

stop() {
  if [[ -s "$1/gitea.pid" ]]; then kill "$(cat "$1/gitea.pid")" 2>/dev/null || true; fi
}

start() {
  local source="$1" root="$2" port="$3" gitea="$1/gitea"
  secret() { "$gitea" generate secret "$1" 2>/dev/null; }
  sed -e "s#@ROOT@#$root#g; s#@SOURCE@#$source#g; s#@PORT@#$port#g; s#@USER@#$(id -un)#g" \
    -e "s#@SECRET_KEY@#$(secret SECRET_KEY)#; s#@INTERNAL_TOKEN@#$(secret INTERNAL_TOKEN)#; s#@JWT_SECRET@#$(secret JWT_SECRET)#" \
    "$HERE/gitea-app.ini" >"$root/app.ini"
  cd "$root"
  "$gitea" --config app.ini migrate >migrate.log 2>&1
  "$gitea" --config app.ini admin user create --username lab --password pass12345 --email lab@example.com --admin \
    --must-change-password=false >user.log 2>&1
  "$gitea" --config app.ini web >web.log 2>&1 &
  echo $! >gitea.pid
  for _ in $(seq 60); do
    if [[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/v2/")" == 401 ]]; then return 0; fi
    sleep 1
  done
  echo "Gitea did not start: see $root/*.log" >&2
  return 1
}

"$@"
