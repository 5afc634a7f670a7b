#!/usr/bin/env bash
# Runs each fuzz target for MINUTES (1 unless told), from the fixtures of the tests. cargo-fuzz wants a nightly compiler's
# instrumentation; the stable one has it as well when it is told so. The C API is watched by AddressSanitizer; the core is safe
# Rust.
#
#   fuzz/run.sh [MINUTES [TARGET…]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minutes=${1:-1}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(replies sequences saved returned calls)
command -v cargo-fuzz >/dev/null || { echo "cargo install cargo-fuzz" >&2; exit 1; }

export RUSTC_BOOTSTRAP=1
for target in "${targets[@]}"; do
	corpus=fuzz/corpus/$target
	mkdir -p "$corpus"
	sanitizer=none
	words=()
	case $target in
	saved) cp tests/fixtures/saved/* "$corpus" ;;
	returned) printf 'code=1&topics[]=a&agree=1\0code=2' >"$corpus/seed" ;;
	calls)
		cp tests/fixtures/calls/* "$corpus"
		sanitizer=address
		;;
	*)
		words=(-dict=fuzz/replies.dict)
		pass='{"createaccount":{"status":"PASS","username":"Al"}}'
		for reply in tests/fixtures/*/*.json; do
			seed=$corpus/$(basename "$(dirname "$reply")")-$(basename "$reply")
			cp "$reply" "$seed"
			# In a sequence a zero byte is between two replies.
			[ "$target" != sequences ] || { cat "$reply" && printf '\0%s\0' "$pass" && cat "$reply"; } >"$seed-pass"
		done
		;;
	esac
	cargo fuzz run --sanitizer "$sanitizer" --release "$target" -- -max_total_time=$((minutes * 60)) -max_len=65536 \
		-timeout=10 -rss_limit_mb=1024 -print_final_stats=1 "${words[@]}"
done
