#!/usr/bin/env bash
# All checks and tests, the real MediaWikis included. Goes on after a failure, and ends with the line
# `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# The tests of the hosts and of the README need the wikis: this script calls itself inside them.
if [ "${1:-}" != inside ]; then
	tests/prepare.sh test && exec tests/wiki/with-wikis "${BASH_SOURCE[0]}" inside
	echo "0 passed, 1 failed"
	exit 1
fi

passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export CREATEACCOUNT_PYTHON=$PWD/target/venv/bin/python
export RUSTDOCFLAGS=-Dwarnings

# Runs one check. Test runners count for themselves; anything else counts as one.
check() {
	local title=$1 status ours=0 theirs=0
	shift
	printf '\n== %s\n' "$title"
	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	while read -r good bad; do
		ours=$((ours + good)) theirs=$((theirs + 10#$bad))
	done < <(sed -nE \
		-e 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' \
		-e 's/^(=+ )?(([0-9]+) failed, )?([0-9]+) passed.* in [0-9.]+s.*/\4 0\3/p' \
		-e 's/^(=+ )?([0-9]+) failed.* in [0-9.]+s.*/0 \2/p' "$log")
	[ $((ours + theirs)) -gt 0 ] || { [ "$status" = 0 ] && ours=1; }
	[ "$status" = 0 ] || [ "$theirs" -gt 0 ] || theirs=1
	passed=$((passed + ours)) failed=$((failed + theirs))
	[ "$status" = 0 ] || printf '== %s: FAILED\n' "$title"
}

shell_scripts() {
	git ls-files -z '*.sh' bindings/c/fill packaging/{reproducibly,target-dir} tests/wiki/with-wikis \
		tests/wiki/mediawiki/{install,serve} .ci/run | xargs -0 shellcheck
}

rust_in_valgrind() {
	local valgrind='valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite'
	local all="target.'cfg(unix)'.runner = '$valgrind'"
	# valgrind takes what the assembler of ring writes for uninitialised
	local tls="target.'cfg(unix)'.runner = '$valgrind --undef-value-errors=no'"
	cargo test --quiet --config "$all" -p createaccount --lib --test forms --test versions --test any_reply &&
		cargo test --quiet --config "$all" -p createaccount --test scenarios -- ::rust::embedded &&
		cargo test --quiet --config "$tls" -p createaccount --test tls
}

check "format" cargo fmt --all --check
check "clippy" cargo clippy --quiet --workspace --all-targets -- -D warnings
check "core without ureq and unsafe" cargo check --quiet --no-default-features
check "core without unsafe" cargo check --quiet --no-default-features --features ureq
check "rustdoc" cargo doc --quiet --no-deps -p createaccount
check "shell scripts" shell_scripts
check "ruff format" target/venv/bin/ruff format --check --config bindings/python/pyproject.toml bindings/python benches docs packaging tests/docs.py tests/hosts
check "ruff" target/venv/bin/ruff check --config bindings/python/pyproject.toml bindings/python benches docs packaging tests/docs.py tests/hosts
check "mypy" target/venv/bin/mypy --strict --config-file bindings/python/pyproject.toml bindings/python/python bindings/python/tests bindings/python/examples benches/compare.py docs/pages.py packaging/licences.py packaging/neutral_wheel.py tests/docs.py tests/hosts/host.py
check "stubs" env PATH="$PWD/target/venv/bin:$PATH" bindings/python/stubs.sh --check
check "embedded wiki" cargo test --quiet --no-fail-fast -p createaccount-test-wiki
check "Rust, C and C++" cargo test --quiet --no-fail-fast -p createaccount
check "Python" target/venv/bin/pytest -q bindings/python/tests
check "docs" docs/build.sh
check "Rust in valgrind" rust_in_valgrind
check "AddressSanitizer" tests/asan.sh
check "demo" bindings/demo.sh

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
