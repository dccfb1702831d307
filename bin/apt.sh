#!/bin/sh
# Installs Debian packages, as root or through sudo that asks nothing; exits 1 when it may not.
# Usage: bin/apt.sh PACKAGE…
set -eu
if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    exit 1
fi
command -v apt-get >/dev/null 2>&1 || exit 1
echo "正在安装系统软件包 (installing system packages): $*" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq >&2 || true
$as_root apt-get install -y -qq --no-install-recommends "$@" >&2
