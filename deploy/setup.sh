#!/bin/sh
# Makes .venv from the committed lock; a second run finds its stamp and ends at once.
#
#   deploy/setup.sh          make or refresh .venv
#   deploy/setup.sh lock …   write the lock anew from pyproject.toml (options go to `uv pip compile`, e.g. --upgrade)
#
# PYTHON=/path/to/python chooses the interpreter. No root is needed.
set -eu
cd "$(dirname "$0")/.."

lock=deploy/requirements.lock
tools=.venv-tools
stamp=.venv/.made-from

# Trust what the system trusts, as pip does: networks with a certificate of their own are common.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-1}"

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

# An interpreter counts when it really runs (a pyenv shim on PATH may only complain), has a version
# that the project supports, and was built with the modules that the libraries need.
suits() {
    "$1" -c 'import sys; assert (3, 12) <= sys.version_info[:2] <= (3, 13); import bz2, ctypes, lzma, sqlite3, ssl' \
        >/dev/null 2>&1
}

on_path() {
    IFS_before=$IFS
    IFS=:
    for folder in $PATH; do
        if [ -x "$folder/$1" ]; then printf '%s\n' "$folder/$1"; fi
    done
    IFS=$IFS_before
}

# Newest patch of 3.13 first, then of 3.12.
from_pyenv() {
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
        [ -n "$root" ] || continue
        for minor in 3.13 3.12; do
            for folder in "$root/versions/$minor".*; do
                if [ -x "$folder/bin/python3" ]; then printf '%s %s\n' "${folder##*.}" "$folder/bin/python3"; fi
            done | sort -rn | cut -d' ' -f2-
        done
    done
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || die "PYTHON=$PYTHON is not a working Python 3.12 or 3.13; name another, or unset it."
        printf '%s\n' "$PYTHON"
        return
    fi
    { on_path python3; on_path python3.13; on_path python3.12; from_pyenv; } | while IFS= read -r candidate; do
        if suits "$candidate"; then
            printf '%s\n' "$candidate"
            break
        fi
    done
}

pip_install() {
    PIP_ROOT_USER_ACTION=ignore "$1" -m pip install -q --disable-pip-version-check --require-hashes -r deploy/uv.lock >&2
}

# uv by any Python with pip: in a small environment of its own, or, on a bare Debian without the module venv, in a folder.
install_uv() {
    { printf '%s\n' "$1"; on_path python3; on_path python; } | while IFS= read -r python; do
        "$python" -c 'import sys; assert sys.version_info >= (3, 8)' >/dev/null 2>&1 || continue
        rm -rf "$tools"
        if "$python" -m venv "$tools" >/dev/null 2>&1 && pip_install "$tools/bin/python"; then break; fi
        rm -rf "$tools"
        if "$python" -m pip --version >/dev/null 2>&1 && PIP_TARGET=$tools pip_install "$python"; then break; fi
    done
}

find_uv() {
    if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
        printf 'uv\n'
        return
    fi
    if ! "$tools/bin/uv" --version >/dev/null 2>&1; then
        say "Getting uv …"
        install_uv "$1"
    fi
    "$tools/bin/uv" --version >/dev/null 2>&1 ||
        die "uv is not to be had: install uv, or Python's pip (on Debian: apt install python3-pip), and run this again."
    printf '%s\n' "$tools/bin/uv"
}

checksum() { cat "$lock" pyproject.toml deploy/setup.sh | cksum; }

made_from() { printf '%s\n%s\n%s\n' "$PWD" "$(.venv/bin/python -V 2>&1)" "$(checksum)"; }

# Scripts in an environment name their folder, so one that was moved here has to be made anew.
moved() { [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" != "$PWD" ]; }

other_python() { [ -n "${PYTHON:-}" ] && [ "$("$PYTHON" -V 2>&1)" != "$(.venv/bin/python -V 2>&1)" ]; }

write_lock() {
    uv=$(find_uv "")
    set -- --universal --generate-hashes --no-annotate --no-header --no-emit-index-url -q "$@"
    "$uv" pip compile --python-version 3.12 pyproject.toml --extra test --group build --group client -o "$lock" "$@"
    printf 'uv\n' | "$uv" pip compile --no-config --python-version 3.8 - -o deploy/uv.lock "$@"
    say "Wrote $lock and deploy/uv.lock."
}

make_venv() {
    python=$(find_python)
    uv=$(find_uv "$python")
    if [ -z "$python" ]; then
        say "No Python 3.12 or 3.13 here; letting uv install one …"
        "$uv" python install 3.12 >&2 && python=$("$uv" python find 3.12) ||
            die "no Python 3.12 or 3.13: install one (apt install python3.12, pyenv install 3.12, …) and run this again."
    fi
    if ! suits .venv/bin/python || moved || other_python; then
        say "Making .venv with $("$python" -V) …"
        rm -rf .venv
        "$uv" venv -q --python "$python" .venv
    fi
    say "Installing what $lock names …"
    # Bars for a person, silence for a log.
    if [ -t 2 ]; then quiet=; else quiet=-q; fi
    "$uv" pip sync $quiet --python .venv/bin/python --require-hashes --compile-bytecode "$lock"
    "$uv" pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
    made_from >"$stamp"
}

case "${1:-}" in
lock) shift && write_lock "$@" ;;
"")
    if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$(made_from)" ] || other_python; then make_venv; fi
    ;;
*) die "unknown command '$1'; there are 'lock' and none." ;;
esac
