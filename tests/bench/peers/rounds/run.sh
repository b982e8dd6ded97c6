#!/usr/bin/env bash
# Rounds: two JSON lines on stdout (and appended to $OUT when set), the first from the same driver as every other server.
# ROUNDS_BIN names the program; a release build by default. Settings: see js/bench.mjs and rounds/bench.mjs.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
export ROUNDS_BIN="${ROUNDS_BIN:-$(cd "$root/../.." && pwd)/target/release/rounds}"
[ -x "$ROUNDS_BIN" ] || { echo "there is no $ROUNDS_BIN: cargo build --release --package rounds" >&2; exit 1; }
"$root/tools/packages.sh"
export FLOORS_BIN="${FLOORS_BIN:-$("$root/tools/floors.sh")}" NODE_NO_WARNINGS=1
only="${ROUNDS_ONLY:-shared own}"
[[ "$only" == *shared* ]] && "$root/tools/in-netns.sh" node "$root/js/bench.mjs" rounds
[[ "$only" == *own* ]] && "$root/tools/in-netns.sh" node "$root/rounds/bench.mjs"
exit 0
