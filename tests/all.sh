#!/usr/bin/env bash
# all.sh [--without-wikis] [SECTION...]: runs these sections of the tests, or all. CONTRIBUTING.md describes them;
# `all.sh help` shows that. Goes on after a failure, and ends with the line `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

sections=(format lints core test_wiki scenarios faults c examples install python docs valgrind asan demo)

without_wikis=()
if [ "${1:-}" = --without-wikis ]; then
	without_wikis=("$1")
	shift
fi
for section in "$@"; do
	[ "$section" = help ] && exec sed -n '/^| section /,/^$/p' CONTRIBUTING.md
	[[ " ${sections[*]} " == *" $section "* ]] || { echo "no section $section; there are ${sections[*]}" >&2; exit 2; }
done
[ $# -gt 0 ] || set -- "${sections[@]}"

# The wikis run around this script, which calls itself inside them.
if [ -z "${CREATEACCOUNT_TESTS_READY-}" ]; then
	tests/prepare.sh test || { echo "0 passed, 1 failed"; exit 1; }
	export CREATEACCOUNT_TESTS_READY=1
	[ ${#without_wikis[@]} -gt 0 ] || exec tests/wiki/with-wikis "${BASH_SOURCE[0]}" "$@"
fi

passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export CREATEACCOUNT_PYTHON=$PWD/target/venv/bin/python
export RUSTDOCFLAGS=-Dwarnings
export PATH=$PWD/target/venv/bin:$PATH

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

python_sources=(bindings/python bindings/testwiki benches docs packaging tests/docs.py tests/hosts)

format() {
	check "rustfmt" cargo fmt --all --check
	check "ruff format" ruff format --check --config bindings/python/pyproject.toml "${python_sources[@]}"
}

lints() {
	check "clippy" cargo clippy --quiet --workspace --all-targets -- -D warnings
	check "core without ureq and unsafe" cargo check --quiet --no-default-features
	check "core without unsafe" cargo check --quiet --no-default-features --features ureq
	check "rustdoc" cargo doc --quiet --no-deps -p createaccount
	check "shell scripts" shell_scripts
	check "ruff" ruff check --config bindings/python/pyproject.toml "${python_sources[@]}"
	check "mypy" mypy --strict --config-file bindings/python/pyproject.toml bindings/python/python bindings/python/tests \
		bindings/python/examples bindings/testwiki/python bindings/testwiki/tests benches/compare.py docs/conf.py packaging/licences.py packaging/neutral_wheel.py \
		tests/docs.py tests/hosts/host.py
	check "stubs" bindings/python/stubs.sh --check
}

shell_scripts() {
	git ls-files -z '*.sh' bindings/c/fill packaging/{reproducibly,target-dir} tests/wiki/with-wikis \
		tests/wiki/mediawiki/{install,serve} .ci/run | xargs -0 shellcheck
}

# Every test that no other section has.
core() {
	local tests=(--lib) path name
	for path in tests/*.rs tests/*/main.rs; do
		name=${path%/main.rs} name=${name##*/} name=${name%.rs}
		case $name in
			scenarios | faults | capi | tls | transport_c | examples | readme | cookbook | other_languages | install) ;;
			*) tests+=(--test "$name") ;;
		esac
	done
	check "Rust" cargo test --quiet --no-fail-fast -p createaccount "${tests[@]}"
	check "examples of the documentation" cargo test --quiet -p createaccount --doc
}

test_wiki() {
	check "test wiki" cargo test --quiet --no-fail-fast -p createaccount-test-wiki
	check "test wiki for pytest" bindings/testwiki/check.sh
}

scenarios() {
	check "scenarios" cargo test --quiet -p createaccount --test scenarios
}

faults() {
	check "faults" cargo test --quiet -p createaccount --test faults
}

c() {
	check "C, C++ and TLS" cargo test --quiet --no-fail-fast -p createaccount --test capi --test transport_c --test tls
}

examples() {
	check "examples" cargo test --quiet --no-fail-fast -p createaccount --test examples --test readme --test cookbook --test other_languages
}

install() {
	check "install" cargo test --quiet -p createaccount --test install
}

python() {
	check "Python" pytest -q "${without_wikis[@]}" bindings/python/tests
}

docs() {
	check "docs" docs/build.sh
}

valgrind() {
	check "Rust in valgrind" rust_in_valgrind
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

asan() {
	check "AddressSanitizer" tests/asan.sh
}

demo() {
	check "demo" bindings/demo.sh
}

times=()
for section in "$@"; do
	started=$SECONDS
	"$section"
	times+=("$(printf '%-10s %3d:%02d' "$section" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)))")
done

printf '\nminutes:\n'
printf '  %s\n' "${times[@]}"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
