#!/bin/sh
# Everything a machine can say about the code without running the application; the first thing that fails is named.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

step() {
    printf '· %s\n' "$1"
    shift
    "$@"
}

step "ruff check" .venv/bin/ruff check --quiet
step "ruff format" .venv/bin/ruff format --check --quiet
step "mypy" $python -m mypy --no-error-summary
step "imports" $python -c 'from importlinter.cli import lint_imports_command as check; check(["--no-logo"])'
step "templates" $python -m djlint templates --lint --quiet
step "handbook" $python -m workflows.handbook --check
step "access" $python -m app.core.policy.handbook --check
