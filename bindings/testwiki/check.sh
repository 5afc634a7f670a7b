#!/usr/bin/env bash
# Builds the wheel of createaccount-testwiki from this tree, installs it beside the module in the environment of the checks, and runs
# the sign-up tests of a host with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python=$PWD/target/venv/bin/python
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
(cd bindings/testwiki && "$python" -m maturin build --quiet --profile dev --out "$wheels")
"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/*.whl
# Its README has a test as hosts write them
awk '$0 == "```python" { on = 1; next } /^```/ { on = 0 } on' bindings/testwiki/README.md >"$wheels/test_readme.py"
"$python" -m pytest -q --config-file pytest.ini bindings/testwiki/tests "$wheels/test_readme.py"
