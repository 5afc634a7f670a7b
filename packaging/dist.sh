#!/usr/bin/env bash
# Makes everything that a release publishes, under dist/: the source, the crate, the Python sdist and wheel, the C library for
# this machine, the Debian packages where their tools are, a bill of materials, and the checksums of all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -n "$(git status --porcelain)" ]; then
	echo "this tree has changes that are not committed: what dist/ holds must be of a commit" >&2
	exit 1
fi

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
out=$PWD/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

says() { printf '== %s\n' "$*" >&2; }

# The bytes of an archive depend on what is in it and on the commit, not on who packs it when
pack() {
	LC_ALL=C tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go=u,go-w \
		--directory "$work" "$1" | gzip --no-name -9 >"$out/$1.tar.gz"
}

target=$(packaging/target-dir)
venv=$target/packaging-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check -r packaging/requirements.txt
# maturin finds zig by the Python in PATH
export PATH=$venv/bin:$PATH

rm -rf "$out"
mkdir "$out"

says "the source"
git archive --prefix="libcreateaccount-$version/" HEAD | tar -x -C "$work"
pack "libcreateaccount-$version"

says "the crate"
cargo package --quiet --no-verify -p createaccount --target-dir "$target/dist"
cp "$target/dist/package/createaccount-$version.crate" "$out"

says "the Python sdist"
maturin sdist --manifest-path bindings/python/Cargo.toml --out "$out" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }

says "the Python wheel, for glibc 2.17 and newer"
packaging/reproducibly maturin build --quiet --release --locked --zig --compatibility manylinux2014 \
	--manifest-path bindings/python/Cargo.toml --target-dir "$target/dist" --out "$out"
packaging/neutral_wheel.py "$(echo "$out"/*.whl)" "$PWD"
abi3audit --strict "$out"/*.whl >/dev/null
auditwheel show "$out"/*.whl | tr '\n' ' ' | grep -q 'manylinux_2_17_' || { echo "the wheel wants a newer glibc" >&2; exit 1; }
twine check --strict "$out"/*.whl "$out/createaccount-$version.tar.gz" >/dev/null
python -m zipfile --extract "$out"/*.whl "$work/wheel"
cp "$work"/wheel/*.dist-info/sboms/*.json "$out/createaccount-$version.cyclonedx.json"

says "the wheel of the test wiki"
(cd bindings/testwiki && ../../packaging/reproducibly maturin build --quiet --release --locked --zig --compatibility manylinux2014 \
	--target-dir "$target/dist" --out "$out")
packaging/neutral_wheel.py "$(echo "$out"/createaccount_testwiki-*.whl)" "$PWD"
twine check --strict "$out"/createaccount_testwiki-*.whl >/dev/null

says "the C library"
archive=libcreateaccount-$version-$(uname -m)-linux
make --no-print-directory
make --no-print-directory --silent install DESTDIR="$work/c" PREFIX=/prefix
mv "$work/c/prefix" "$work/$archive"
pack "$archive"

if command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null && command -v lintian >/dev/null; then
	says "the Debian packages"
	packaging/deb.sh "$out"
else
	says "no Debian packages: debhelper, dh-python and lintian make them"
fi

(cd "$out" && sha256sum -- * >SHA256SUMS)
(cd "$out" && stat --printf '%10s  %n\n' -- *)
