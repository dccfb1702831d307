#!/bin/sh
# Writes requirements.txt, requirements-dev.txt and requirements-scan.txt from config/*.in: every platform, every Python we support, no address inside.
set -eu
cd "$(dirname "$0")/.."
for name in requirements requirements-dev requirements-scan; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header "$@" -o "$name.txt" "config/$name.in"
done
