#!/usr/bin/env bash
# Whether the oldest versions that the manifests allow still build: in a copy, so that Cargo.lock stays as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | xargs -0 cp --parents --target-directory="$copy"
target=$(mkdir -p "$(packaging/target-dir)" && cd "$(packaging/target-dir)" && pwd -P)
cd "$copy"
# The option is unstable, the builds are not.
RUSTC_BOOTSTRAP=1 cargo update --quiet -Z direct-minimal-versions
cargo check --quiet --locked --workspace --all-targets --target-dir "$target/minimal-versions"
