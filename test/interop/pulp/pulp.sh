#!/usr/bin/env bash
# Starts or stops a Pulp container registry on loopback, with a database, a cache and a web server of its own.
#
#   test/interop/pulp/pulp.sh start VENV FOLDER PORT     answers at http://127.0.0.1:PORT, for admin:password
#   test/interop/pulp/pulp.sh stop FOLDER
#
# VENV is what install-servers.sh made. FOLDER and the four ports after PORT are its own. PostgreSQL does not run as root, so the user
# postgres must be able to reach FOLDER.
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
POSTGRES="$(echo /usr/lib/postgresql/*/bin)"

as_postgres() {
  if [[ "$(id -u)" == 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

stop() {
  local root="$1"
  for pid in "$root"/*.pid; do
    if [[ -s "$pid" ]]; then kill "$(cat "$pid")" 2>/dev/null || true; fi
  done
  as_postgres "$POSTGRES/pg_ctl" -D "$root/pg" -m immediate stop >/dev/null 2>&1 || true
}

start() {
  local venv="$1" root="$2" port="$3"
  mkdir -p "$root"/{keys,media,static,tmp,nginx}
  chmod 755 "$root"
  for file in settings.py nginx.conf; do
    sed -e "s#@ROOT@#$root#g; s#@PORT@#$port#g; s#@PORT_API@#$((port + 1))#g; s#@PORT_CONTENT@#$((port + 2))#g" \
      -e "s#@PORT_REDIS@#$((port + 3))#g; s#@PORT_POSTGRES@#$((port + 4))#g" "$HERE/$file" >"$root/$file"
  done
  openssl ecparam -genkey -name prime256v1 -noout -out "$root/keys/token_private.pem"
  openssl ec -in "$root/keys/token_private.pem" -pubout -out "$root/keys/token_public.pem" 2>/dev/null
  openssl rand -base64 32 >"$root/keys/db.key"

  redis-server --bind 127.0.0.1 --port "$((port + 3))" --save "" --daemonize yes --dir "$root" --pidfile "$root/redis.pid" >/dev/null
  mkdir "$root/pg"
  if [[ "$(id -u)" == 0 ]]; then chown postgres "$root/pg"; fi
  as_postgres "$POSTGRES/initdb" -D "$root/pg" -U postgres -A trust --no-sync >/dev/null
  as_postgres "$POSTGRES/pg_ctl" -D "$root/pg" -w -l "$root/pg/log" \
    -o "-p $((port + 4)) -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null
  as_postgres "$POSTGRES/createdb" -h 127.0.0.1 -p "$((port + 4))" -U postgres pulp

  export PULP_SETTINGS="$root/settings.py" PATH="$venv/bin:$PATH"
  cd "$root"
  pulpcore-manager migrate --noinput >"$root/migrate.log" 2>&1
  pulpcore-manager reset-admin-password --password password >/dev/null 2>&1
  # They go on in the background, whoever waits for this script.
  pulpcore-api --bind "127.0.0.1:$((port + 1))" --workers 2 >api.log 2>&1 &
  echo $! >api.pid
  pulpcore-content --bind "127.0.0.1:$((port + 2))" --workers 1 >content.log 2>&1 &
  echo $! >content.pid
  pulpcore-worker >worker.log 2>&1 &
  echo $! >worker.pid
  nginx -c "$root/nginx.conf"
  for _ in $(seq 400); do
    if [[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/v2/")" == 401 ]]; then return 0; fi
    kill -0 "$(cat api.pid)" 2>/dev/null || break
    sleep 1
  done
  echo "Pulp did not start:" >&2
  tail -n 15 "$root"/*.log "$root/nginx/error.log" "$root/pg/log" >&2 || true
  return 1
}

"$@"
