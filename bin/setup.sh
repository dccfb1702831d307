#!/bin/sh
# Prepares .venv: a fitting Python, hash-pinned packages, compiled translations. Quick when nothing changed.
# Usage: bin/setup.sh run|dev
set -eu
cd "$(dirname "$0")/.."
mode=${1:-run}
case $mode in run) pins=requirements.txt ;; *) pins=requirements-dev.txt ;; esac

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "需要 Python 3.11–3.13，请管理员执行 (needs Python 3.11–3.13; for the administrator): apt-get install python3 python3-venv" >&2
    exit 3
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$(basename "$python")-venv
        bin/apt.sh "$package" || true
        if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "缺少 venv，请管理员执行 (for the administrator): apt-get install $package" >&2
            exit 3
        fi
    fi
    rm -rf .venv
    "$python" -m venv .venv
}

# A delivery has no list of the tools of development: what is not there is not installed either.
installed() { [ -e "$2" ] && [ "$(cat .venv/installed-"$1" 2>/dev/null)" = "$(digest "$2")" ]; }
digest() { cksum "$1" | cut -d' ' -f1,2; }

install_uv() {
    [ -x .venv/bin/uv ] && return
    [ -e requirements-dev.txt ] || return 1
    awk '/^uv==/ { found = 1; print; next } found && /^ / { print; next } { found = 0 }' requirements-dev.txt > .venv/uv.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
}

# uv does not read pip's settings; a bureau's mirror is usually written there.
use_pips_mirror() {
    [ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && return
    mirror=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
}

install() {
    echo "正在安装依赖 (installing packages): $pins …"
    if install_uv 2>/dev/null; then
        use_pips_mirror
        if .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$pins" 2>.venv/uv.log; then
            return
        fi
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$pins"
}

if ! fits .venv/bin/python; then
    make_venv
fi
if ! installed dev requirements-dev.txt && ! { [ "$mode" = run ] && installed run requirements.txt; }; then
    install
    digest "$pins" > ".venv/installed-$mode"
fi
for source in app/translations/*/LC_MESSAGES/*.po; do
    [ -e "$source" ] || continue
    compiled=${source%.po}.mo
    if [ ! -e "$compiled" ] || [ -n "$(find "$source" -newer "$compiled")" ]; then
        .venv/bin/python -c 'import sys; from babel.messages import mofile, pofile
with open(sys.argv[1], "rb") as read, open(sys.argv[2], "wb") as write: mofile.write_mo(write, pofile.read_po(read))' "$source" "$compiled"
    fi
done
