#!/usr/bin/env bash
# deb.sh OUT: packs the Debian packages of what `make dist` has built in OUT and target/stage, and holds them to lintian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(cd "$1" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

field() { sed -n "s/^$1 = \"\\(.*\\)\"/\\1/p" Cargo.toml | head -n 1; }
version=$(field version)
interface=$(make --silent --no-print-directory soname | sed 's/libcreateaccount\.so\.//')
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

tar xzf "$out/libcreateaccount-$version.tar.gz" -C "$work"
tree=$work/libcreateaccount-$version
mkdir "$work/wheel"
python3 -m zipfile --extract "$(echo "$out"/createaccount-*.whl)" "$work/wheel"
cp -r packaging/debian "$tree/debian"
cd "$tree"

# A release candidate is older than its release, and has the word `~` for it
for file in control changelog copyright; do
	sed -e "s|@VERSION@|${version/-/\~}|" -e "s|@ABI@|$interface|" -e "s|@HOMEPAGE@|$(field homepage)|" \
		-e "s|@MAIL@|${DEBEMAIL:-authors@example.org}|" -e "s|@DATE@|$(LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH")|" \
		-e "/@MIT@/{
			r /dev/stdin
			d
		}" "debian/$file.in" >"debian/$file" < <(sed -e 1,4d -e 's/^$/./' -e 's/^/ /' LICENSE-MIT)
	rm "debian/$file.in"
done
{
	echo "libcreateaccount.so.$interface libcreateaccount$interface #MINVER#"
	sed "s/.*/ &@Base ${version%%-*}/" tests/capi/symbols.txt
} >"debian/libcreateaccount$interface.symbols"

# What is built is handed over, and cargo is not asked: the tools that Debian's builders want need not be there
CREATEACCOUNT_STAGE=${CREATEACCOUNT_STAGE:-$OLDPWD/target/stage} CREATEACCOUNT_WHEEL=$work/wheel DEB_BUILD_OPTIONS=noautodbgsym \
	dpkg-buildpackage -b -us -uc -d >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
lintian --fail-on error,warning "$work"/*.deb
cp "$work"/*.deb "$out"
