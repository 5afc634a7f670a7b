#!/usr/bin/env bash
# Builds the wheel of createaccount-testwiki from this tree, and tries it twice: alone in an environment that has nothing else but
# pytest, and beside the module in the environment of the checks, with the sign-up tests of a host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python=$PWD/target/venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd bindings/testwiki && "$python" -m maturin build --quiet --profile dev --out "$scratch")
wheel=$(echo "$scratch"/*.whl)

python3 -m venv "$scratch/alone"
"$scratch/alone/bin/python" -m pip install --quiet --disable-pip-version-check "${wheel}[pytest]"
"$scratch/alone/bin/python" -m pytest -q -W error -p no:cacheprovider --noconftest --rootdir "$scratch" \
	bindings/testwiki/tests/test_alone.py

"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheel"
# Its README has a test as hosts write them
awk '$0 == "```python" { on = 1; next } /^```/ { on = 0 } on' bindings/testwiki/README.md >"$scratch/test_readme.py"
"$python" -m pytest -q --config-file pytest.ini bindings/testwiki/tests "$scratch/test_readme.py"
