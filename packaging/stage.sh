#!/usr/bin/env bash
# stage.sh FOLDER SONAME [TARGET]: builds both libraries for `make install`. They have a build folder of their own, below that of
# cargo: a shared library with a SONAME is not found by programs that stand beside a plain build's.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
folder=$1 soname=$2 target=${3-}
cargo=${CARGO:-cargo}

mkdir -p "$folder"
messages=$folder/messages.json
link=("-Clink-arg=-Wl,-soname,$soname")
# Relocations are a twentieth of the shared library, and next to nothing in the form that glibc reads since 2.36.
if [ -z "$target" ] && printf '%s\n' 'glibc 2.36' "$(getconf GNU_LIBC_VERSION 2>/dev/null)" | sort --check=silent --version-sort; then
	link+=("-Clink-arg=-Wl,-z,pack-relative-relocs")
fi
trap 'rm -f "$messages"' EXIT
# Optimisation over all crates passes a library by that is built for Rust as well.
"$here/reproducibly" "$cargo" rustc --release --lib -p createaccount --crate-type staticlib,cdylib --message-format json-render-diagnostics \
	--target-dir "$("$here/target-dir")/install" ${target:+--target "$target"} -- "${link[@]}" >"$messages"

# cargo's messages say where the libraries are, whatever its configuration
built() { grep '"target":{[^}]*"name":"createaccount"' "$messages" | grep -o "\"[^\"]*/libcreateaccount\\.$1\"" | tail -n 1 | tr -d '"'; }
for kind in a so; do
	install -m 644 "$(built $kind)" "$folder/libcreateaccount.$kind"
done
echo "$soname" >"$folder/soname"
