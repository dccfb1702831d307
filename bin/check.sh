#!/bin/sh
# Everything a machine can say about the code without running the application; the first thing that fails is named.
# The types take longest and are looked at beside all the rest.
# Usage: bin/check.sh [scan]      scan: look for flaws and known holes as well
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

step() {
    printf '· %s\n' "$1"
    shift
    "$@"
}

types=$(mktemp)
$python -m mypy --no-error-summary >"$types" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null || true; rm -f "$types"' EXIT
trap 'exit 130' INT TERM

step "ruff check" .venv/bin/ruff check --quiet
step "ruff format" .venv/bin/ruff format --check --quiet
step "imports" $python -c 'from importlinter.cli import lint_imports_command as check; check(["--no-logo"])'
step "templates" $python -m djlint templates --lint --quiet
step "handbook" $python -m workflows.handbook --check
step "access" $python -m app.core.policy.handbook --check
[ "${1:-}" != scan ] || step "scan" $python bin/scan.py
printf '· mypy\n'
wait "$beside" || { cat "$types"; exit 1; }
