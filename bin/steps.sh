# What the commands of bin/ share: where the project is, and how a step is announced. Sourced, never run.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=.venv/bin/python

say() { printf '==> %s\n' "$*"; }

warn() { printf '!!! %s\n' "$*" >&2; }

give_up() {
  warn "$@"
  exit 1
}

# A command sets up first, quietly when nothing is missing, so that each of them works as the first one ever run.
set_up() { bin/setup "$@"; }

failed_steps=()

# run_step NAME COMMAND…: runs it, remembers a failure and goes on, so that one run shows everything that is wrong.
run_step() {
  local name=$1 started=$SECONDS
  shift
  say "$name"
  if "$@"; then
    return 0
  fi
  failed_steps+=("$name")
  warn "$name failed after $((SECONDS - started)) s"
}

in_dashboard() { (cd dashboard && "$@"); }
