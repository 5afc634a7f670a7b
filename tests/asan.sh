#!/usr/bin/env bash
# Runs the tests that need no network, and the C programs of tests/capi, with AddressSanitizer and LeakSanitizer in library
# and programs alike; inside tests/wiki/with-wikis also the programs that go to a wiki, and the tests of the Python module.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=x86_64-unknown-linux-gnu
[ "$(rustc -vV | sed -n 's/^host: //p')" = $target ] || { echo "AddressSanitizer is for $target here" >&2; exit 1; }

# The stable compiler has the sanitizers as well, but must be talked into using them.
toolchain=()
if rustup toolchain list 2>/dev/null | grep -q ^nightly; then
	toolchain=(+nightly)
else
	export RUSTC_BOOTSTRAP=1
fi
export CARGO_TARGET_DIR=$PWD/target/asan
# What a compiler newer than ours warns of is not the business of this check.
export RUSTFLAGS="-Zsanitizer=address -Cdebuginfo=1 --cap-lints=warn"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:exitcode=99
built=$CARGO_TARGET_DIR/$target/debug

cargo "${toolchain[@]}" test --quiet -p createaccount --target $target --lib --test forms --test versions --test any_reply
# Without the sanitizer everything would pass as well.
instrumented() { nm "$@" 2>/dev/null | grep ' __asan_report_load' >/dev/null; }
for program in "$built"/deps/{createaccount,forms,versions,any_reply}-*; do
	if [ -x "$program" ]; then
		instrumented --defined-only "$program" || { echo "$program is without AddressSanitizer" >&2; exit 1; }
	fi
done

cargo "${toolchain[@]}" build --quiet -p createaccount --target $target
library=$built/libcreateaccount.so
instrumented -D "$library" || { echo "$library is without AddressSanitizer" >&2; exit 1; }
# Rust's runtime, not the C compiler's: it knows what the newer of the two compilers calls.
runtime=("$(rustc "${toolchain[@]}" --print target-libdir)"/librustc-*_rt.asan.a)

build() {
	local source=$1 program=$2
	clang -std=c99 -g -fsanitize=address -fno-omit-frame-pointer -pthread -Iinclude -c "$source" -o "$program.o"
	clang -pthread -rdynamic "$program.o" -L"$built" -lcreateaccount -Wl,-rpath,"$built" \
		-Wl,--whole-archive "${runtime[0]}" -Wl,--no-whole-archive -lstdc++ -ldl -lrt -lm -o "$program"
	instrumented --defined-only "$program" || { echo "$program is without AddressSanitizer" >&2; exit 1; }
}

run() {
	local name=$1 program=$CARGO_TARGET_DIR/capi-$1
	shift
	build "tests/capi/$name.c" "$program"
	"$program" "$@"
	echo "$name.c: no report"
}

# A handle used after its end is seen, though the access is in the library.
cat >"$CARGO_TARGET_DIR/freed.c" <<'END'
#include <createaccount.h>
int main(void)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_config_free(config);
    return (int)createaccount_config_set_allow_http(config, true, NULL);
}
END
build "$CARGO_TARGET_DIR/freed.c" "$CARGO_TARGET_DIR/freed"
status=0
"$CARGO_TARGET_DIR/freed" 2>"$CARGO_TARGET_DIR/freed.log" || status=$?
if [ $status != 99 ] || ! grep -q heap-use-after-free "$CARGO_TARGET_DIR/freed.log"; then
	echo "AddressSanitizer does not see into the library (status $status)" >&2
	exit 1
fi

for name in numbers null states lifetime callbacks interrupt threads; do
	run $name
done
run settings tests/capi/ca.pem
run calls 2000 tests/fixtures/calls/*
# The Python module, in a Python whose program has the runtime. What Python itself never frees is not our leak.
python_module() {
	local python=${CREATEACCOUNT_PYTHON:?} folder=$CARGO_TARGET_DIR/python program=$CARGO_TARGET_DIR/python-asan
	cargo "${toolchain[@]}" build --quiet -p createaccount-python --target $target
	rm -rf "$folder" && mkdir -p "$folder"
	cp -r bindings/python/python/createaccount "$folder"
	rm -f "$folder"/createaccount/*.so
	cp "$built/lib_createaccount.so" "$folder/createaccount/_createaccount.abi3.so"
	instrumented -D "$folder/createaccount/_createaccount.abi3.so" || { echo "the module is without AddressSanitizer" >&2; exit 1; }
	setting() { "$python" -c "import sysconfig; print(sysconfig.$1)"; }
	local libraries packages
	libraries=$(setting 'get_config_var("LIBDIR")')
	packages=$(setting 'get_path("purelib")')
	cat >"$program.c" <<-'END'
		int Py_BytesMain(int argc, char **argv);
		int main(int argc, char **argv) { return Py_BytesMain(argc, argv); }
	END
	clang -g -fsanitize=address -c "$program.c" -o "$program.o"
	if ! clang -pthread -rdynamic "$program.o" -L"$libraries" -lpython"$(setting 'get_config_var("LDVERSION")')" \
		-Wl,-rpath,"$libraries" -Wl,--whole-archive "${runtime[0]}" -Wl,--no-whole-archive -lstdc++ -ldl -lrt -lm \
		-o "$program" 2>"$program.log"; then
		echo "the Python module is not tried: $python has no library to link with"
		return
	fi
	PYTHONPATH=$folder:$packages PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0:exitcode=99 \
		"$program" -m pytest -q -p no:cacheprovider bindings/python/tests/test_{aio,creating,every_name,misuse,planted,transport,values}.py \
		-k 'not 1_39 and not 1_43'
}

if [ -n "${CREATEACCOUNT_WIKI_EMBEDDED-}" ]; then
	cargo "${toolchain[@]}" test --quiet -p createaccount --target $target --test tls
	cargo "${toolchain[@]}" test --quiet -p createaccount --target $target --test scenarios -- ::rust::embedded
	wiki() { echo "$CREATEACCOUNT_WIKI_EMBEDDED/w/$1/asan-$$/api.php"; }
	run wiki "$(wiki steps)"
	run kinds "$(wiki fancy)" "$(wiki questy)" "$(wiki hcaptcha)" "$(wiki login-link)" "$(wiki steps)" "$(wiki strict)"
	python_module
fi
