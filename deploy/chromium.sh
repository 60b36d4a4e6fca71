#!/bin/sh
# Prints the path of a Chromium that runs.
#
#   deploy/chromium.sh           one that is there; exit code 1 when there is none
#   deploy/chromium.sh install   else Debian's package when root, else Playwright's own
set -eu
cd "$(dirname "$0")/.."

runs() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

find_chromium() {
    for name in chromium google-chrome google-chrome-stable chrome chromium-browser \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        path=$(command -v "$name" 2>/dev/null) || continue
        # On Ubuntu chromium-browser can be a stub that only says how to install it.
        if runs "$path"; then
            printf '%s\n' "$path"
            return
        fi
    done
    path=$(playwrights_own)
    if runs "$path"; then printf '%s\n' "$path"; else return 1; fi
}

playwrights_own() {
    [ -x .venv/bin/python ] || return 0
    .venv/bin/python - <<'PY' 2>/dev/null || true
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

install_chromium() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { DEBIAN_FRONTEND=noninteractive apt-get update -q &&
            DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core; } >&2 || true
        if find_chromium >/dev/null; then return; fi
    fi
    .venv/bin/playwright install chromium >&2
}

if find_chromium; then exit 0; fi
if [ "${1:-}" = install ]; then
    printf 'No Chromium here; installing one …\n' >&2
    install_chromium || true
    if find_chromium; then exit 0; fi
fi
printf 'No Chromium that runs: install one (on Debian as root: apt-get install chromium), or run deploy/chromium.sh install.\n' >&2
exit 1
