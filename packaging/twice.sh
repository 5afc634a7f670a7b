#!/usr/bin/env bash
# Makes dist/ of the same commit a second time, in another folder and with another home of cargo, and compares the checksums.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ -f dist/SHA256SUMS ] || packaging/dist.sh >&2
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT

git clone --quiet . "$elsewhere/another copy"
mkdir "$elsewhere/cargo"
cargo fetch --quiet --locked
ln -s "${CARGO_HOME:-$HOME/.cargo}/registry" "$elsewhere/cargo/registry"
env -u CARGO_TARGET_DIR CARGO_HOME="$elsewhere/cargo" make --no-print-directory -C "$elsewhere/another copy" dist >"$elsewhere/log" 2>&1 ||
	{ cat "$elsewhere/log" >&2; exit 1; }
diff dist/SHA256SUMS "$elsewhere/another copy/dist/SHA256SUMS"
echo "the same bytes twice"
