#!/bin/sh
# Makes sure that the libraries outside Python are there: Pango and Chinese fonts for PDF, Chromium for browser tests,
# openssl for signatures with SM2.
# Asks the system first and apt only for what is missing; exits 3 with one line for the administrator when it may not install.
# Usage: bin/syslibs.sh pdf|browser|signing…
set -eu
cd "$(dirname "$0")/.."

has_library() { ldconfig=$(command -v ldconfig || echo /sbin/ldconfig); "$ldconfig" -p 2>/dev/null | grep -q "$1"; }
has_fonts() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; }
has_light_browser() { command -v chromium-headless-shell >/dev/null 2>&1; }
has_browser() { has_light_browser || command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || has_own_browser; }
has_own_browser() { ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome >/dev/null 2>&1; }
# Ubuntu has Chromium as a snap only, which does not run under a test: there it comes with the driver that steers it.
is_ubuntu() { grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; }
bring_browser() {
    echo "正在安装浏览器 (installing Chromium) …" >&2
    if [ "$(id -u)" = 0 ]; then with=--with-deps; else with=; fi
    # shellcheck disable=SC2086 # nothing, or one word
    .venv/bin/playwright install $with chromium >&2
}

missing() {
    for part in "$@"; do
        case $part in
        pdf)
            has_library libpango-1.0.so.0 || echo libpango-1.0-0
            has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
            has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
            has_fonts || echo fontconfig fonts-noto-cjk
            ;;
        signing) command -v openssl >/dev/null 2>&1 || echo openssl ;;
        browser)
            has_browser || is_ubuntu || echo chromium-headless-shell
            has_fonts || echo fontconfig fonts-noto-cjk
            ;;
        esac
    done
}

case " $* " in
*" browser "*)
    if is_ubuntu && ! has_browser && ! bring_browser; then
        echo "缺少浏览器，请执行 (no browser; run): .venv/bin/playwright install --with-deps chromium" >&2
        exit 3
    fi
    # Any browser does; this one, which draws no windows, takes half the time. Where it may not be installed, nothing is said.
    if ! is_ubuntu && has_browser && ! has_light_browser; then
        timeout 120 bin/apt.sh chromium-headless-shell >/dev/null 2>&1 || true
    fi
    ;;
esac
wanted=$(missing "$@" | tr ' ' '\n' | sort -u | tr '\n' ' ')
[ -n "$wanted" ] || exit 0
# shellcheck disable=SC2086 # one word per package
if bin/apt.sh $wanted && [ -z "$(missing "$@")" ]; then
    exit 0
fi
echo "缺少系统库，请管理员执行 (for the administrator): apt-get install --no-install-recommends $wanted" >&2
exit 3
