#!/usr/bin/env bash
# The JavaScript peers' packages, at the versions of the lockfile. Not `npm ci`: it refuses a lockfile without the optional
# binaries of other platforms, which some registries do not carry.
set -euo pipefail
cd "$(dirname "$0")/../js"
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
npm install --no-save --no-audit --no-fund --loglevel=error >&2
touch node_modules/.package-lock.json
