#!/usr/bin/env bash
# Gets redis-server and pgbouncer for the tests, without installing them: their packages are unpacked into the
# folder $1, which the caller removes. Prints the lines to `eval`, which name the programs; what it has to tell goes
# to standard error. Never fails: without them the tests run on the simple services, which it says loudly.
set -uo pipefail

folder=$1
packages=(redis-server redis-tools pgbouncer)

say() { echo "ci-services: $*" >&2; }
give_up() {
  say '##########################################################################################'
  say "# $*"
  say '# Redis Cluster, Redis Sentinel and PgBouncer are NOT tested in this run.'
  say '##########################################################################################'
  exit 0
}

# Prints the line for variable $1 and program $2, when it runs.
name() {
  "$2" --version >/dev/null 2>&1 || return 1
  printf 'export %s=%q\n' "$1" "$2"
}

unpack() {
  cd "$folder" || return 1
  # The libraries that a bare machine lacks come along; those it has are left as they are.
  local needed
  needed=$(apt-get install --simulate --no-install-recommends "${packages[@]}" 2>/dev/null |
    sed -n 's/^Inst \([^ :]*\).*/\1/p') || return 1
  # shellcheck disable=SC2046,SC2086
  timeout 120 apt-get download $(printf '%s\n' ${needed} "${packages[@]}" | sort -u) >&2 || return 1
  for package in ./*.deb; do dpkg -x "$package" root || return 1; done
}

# A program that finds its libraries in the folder.
wrap() {
  local program=$1 libraries="$folder/root/usr/lib/$(uname -m)-linux-gnu:$folder/root/lib/$(uname -m)-linux-gnu"
  local wrapper="$folder/$(basename "$program")"
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%q exec %q "$@"\n' "$libraries" "$program" >"$wrapper"
  chmod 755 "$wrapper"
  echo "$wrapper"
}

if redis=$(command -v redis-server) && pgbouncer=$(command -v pgbouncer); then
  name MILEPOST_TEST_REDIS_SERVER "$redis" && name MILEPOST_TEST_PGBOUNCER "$pgbouncer" && exit 0
fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || give_up 'There is no apt on this machine.'
mkdir -p "$folder" && chmod 755 "$folder" || give_up "$folder cannot be made."
if [ "$(id -u)" = 0 ]; then timeout 120 apt-get update >&2 || say 'apt-get update failed; going on with the lists there are'; fi
unpack || give_up 'apt-get may not download redis-server and pgbouncer.'
name MILEPOST_TEST_REDIS_SERVER "$(wrap "$folder/root/usr/bin/redis-server")" || give_up 'redis-server does not run.'
name MILEPOST_TEST_PGBOUNCER "$(wrap "$folder/root/usr/sbin/pgbouncer")" || give_up 'pgbouncer does not run.'
