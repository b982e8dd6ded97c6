#!/usr/bin/env bash
# Builds the floors and says where they are.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
export CARGO_TARGET_DIR="${FLOORS_TARGET:-$root/floors/target}"
(cd "$root/floors" && cargo build --quiet --release --locked --features crdts >&2)
echo "$CARGO_TARGET_DIR/release/floors"
