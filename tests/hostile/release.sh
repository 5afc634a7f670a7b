#!/usr/bin/env bash
# Plays tests/hostile against the library as it is shipped, but for the optimisation over crates, which takes long and gains
# little here; prints what each attack costs in Rust, C and Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ -x target/venv/bin/maturin ] || tests/prepare.sh test
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
module=$PWD/target/hostile/python
rm -rf target/hostile
target/venv/bin/maturin build --quiet --release --manifest-path bindings/python/Cargo.toml --out target/hostile/wheels
target/venv/bin/python -m venv "$module"
"$module/bin/pip" install --quiet target/hostile/wheels/*.whl
CREATEACCOUNT_PYTHON=$module/bin/python cargo test --quiet --release -p createaccount --test hostile -- --nocapture "$@"
