#!/usr/bin/env bash
# Walks every route from nothing but what `make dist` has made (it is made if it is not there) to an account on the embedded
# wiki, on fresh roots of Debian 12 and 13, as root and as a user without sudo, and prints route, time and size, or why a route
# does not exist there. With `all` also the README's lines for Python, Meson, Autotools, cargo-c, PyPy, Debian's own Rust, a cross
# build and the Debian packages, and whether another folder and home give the same bytes.
#
# ROUTES and SUITES in the environment choose some of them. It needs root, for the roots. Rust and cargo's crates are lent to
# these, read-only. What cargo has built of the crates of others is kept from walk to walk, since it would take the time of all
# the rest; what is ours is built anew. The registries are out of their reach.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=${1-}
read -ra suites <<<"${SUITES-bookworm trixie}"
packages=gcc,g++,libc6-dev,make,cmake,pkg-config,python3-venv,ca-certificates,meson,autoconf,automake

[ "$(id -u)" = 0 ] || { echo "check-install makes fresh roots: it must be run as root" >&2; exit 1; }

target=$(packaging/target-dir)
mkdir -p "$target"
target=$(cd "$target" && pwd -P)
scratch=$(mktemp -d)
log=$target/check-install.log
: >"$log"
failed=0

main() {
	command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap >/dev/null; }
	[ -f dist/SHA256SUMS ] || packaging/dist.sh
	if [ "$all" ]; then
		ls dist/*.deb >/dev/null || { echo "dist/ has no Debian packages: install debhelper, dh-python and lintian, and run make dist" >&2; exit 1; }
		[ "${ROUTES-}" ] || packaging/twice.sh
	fi
	lend_tools
	cargo build --quiet -p createaccount-test-wiki
	start_wiki
	printf '%-8s %-4s %-11s %8s %12s\n' system user route seconds bytes
	for suite in "${suites[@]}"; do
		fresh_root "$suite"
		for user in root someone; do
			for route in ${ROUTES-$(routes)}; do walk_or_say_why_not "$suite" "$user" "$route"; done
		done
	done
	[ "$failed" = 0 ] || { echo "$failed routes failed: see $log" >&2; exit 1; }
}

routes() {
	echo wheel sdist testwiki shared static cmake source crate
	[ ! "$all" ] || echo tree meson autotools cargo-c pypy debian-rust cross deb
}

walk_or_say_why_not() {
	local reason
	reason=$(why_not "$1" "$3")
	if [ "$reason" ]; then
		printf '%-8s %-4s %-11s %8s %12s  %s\n' "$1" "${2/someone/user}" "$3" - - "$reason"
	else
		walk "$@"
	fi
}

# Nothing where the route exists
why_not() {
	case $1/$2 in
		bookworm/cargo-c) echo "Debian 12's cargo-c is older than this manifest's profiles" ;;
		bookworm/pypy) echo "Debian 12's PyPy is Python 3.9" ;;
		bookworm/debian-rust | bookworm/cross) echo "Debian 12's Rust is 1.63" ;;
		*/cross) [ -d "$target/roots/$1/$foreign_std" ] || echo "Debian's Rust is another version for arm64 than for amd64 today" ;;
	esac
}
foreign_std=usr/lib/rustlib/aarch64-unknown-linux-gnu

start_wiki() {
	coproc wiki { exec "$target/debug/embedded-wiki" --until-eof; }
	read -r address <&"${wiki[0]}"
}

# maturin for those who build the sdist, as pip would fetch it
lend_tools() {
	python3 -m pip download -q --disable-pip-version-check --no-deps -d "$target/wheelhouse" \
		"$(grep '^maturin==' packaging/requirements.txt)"
	cargo fetch --quiet --locked
}

fresh_root() {
	local suite=$1 base=$target/roots/$1 mirror recipe
	recipe=$(echo "$packages"; declare -f fresh_root add_rust_of_debian)
	[ "$recipe" != "$(cat "$base.made-by" 2>/dev/null)" ] || return 0
	rm -rf "$base"
	mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' \
		/etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null)
	debootstrap --variant=minbase --include="$packages" "$suite" "$base" "$mirror" >>"$log"
	[ "$suite" = bookworm ] || add_rust_of_debian "$suite" "$base" "$mirror"
	chroot "$base" useradd --create-home someone
	echo "$recipe" >"$base.made-by"
}

# That of backports, and its standard library for another machine, which may lag behind by some days
add_rust_of_debian() {
	local suite=$1 base=$2 mirror=$3
	in_root() { chroot "$base" env DEBIAN_FRONTEND=noninteractive apt-get "$@" >>"$log" 2>&1; }
	echo "deb $mirror $suite-backports main" >"$base/etc/apt/sources.list.d/backports.list"
	chroot "$base" dpkg --add-architecture arm64
	in_root update -qq
	in_root install -qq --no-install-recommends pypy3 pypy3-venv cargo-c gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
	in_root install -qq --no-install-recommends --target-release "$suite-backports" rustc cargo
	in_root install -qq --no-install-recommends --target-release "$suite-backports" libstd-rust-dev:arm64 || true
}

# In a copy-on-write view of the root, so that each route finds it fresh
walk() {
	local suite=$1 user=$2 route=$3 start end size
	start=${EPOCHREALTIME/./}
	if size=$(unshare --mount --propagation private bash -euo pipefail -c "$INSIDE" inside \
		"$target" "$suite" "$user" "$route" "$address" "$PWD/dist" "$PWD/packaging" "$scratch" 2>>"$log" </dev/null); then
		end=${EPOCHREALTIME/./}
		printf '%-8s %-4s %-11s %8.1f %12d\n' "$suite" "${user/someone/user}" "$route" "$(((end - start) / 100000))e-1" "$size"
	else
		printf '%-8s %-4s %-11s %8s\n' "$suite" "${user/someone/user}" "$route" FAILED
		failed=$((failed + 1))
	fi
}

# shellcheck disable=SC2016  # for the shell inside
INSIDE='
target=$1 suite=$2 user=$3 route=$4 address=$5 dist=$6 packaging=$7 scratch=$8
mount -t tmpfs -o size=6g,mode=755 tmpfs "$scratch"
mkdir "$scratch"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=$target/roots/$suite,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
root=$scratch/root
# What has the same profile and crates shares the builds of these
case $route in
	sdist | tree | pypy) builds=$target/walks/python ;;
	*) builds=$target/walks/$route ;;
esac
mkdir -p "$root"/opt/{rust,cargo,dist,packaging,wheelhouse} "$root"/{walk,build} "$builds"
find "$builds" -path "*/.fingerprint/createaccount*" -prune -exec rm -r {} +
lend() { mount --bind "$1" "$root/opt/$2" && mount -o remount,bind,ro "$root/opt/$2"; }
lend "$(rustc --print sysroot)" rust
lend "${CARGO_HOME:-$HOME/.cargo}" cargo
lend "$dist" dist
lend "$packaging" packaging
lend "$target/wheelhouse" wheelhouse
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$builds" "$root/build"
chown -R "$(chroot "$root" id -u "$user")" "$root"/{walk,build}
exec env -i PATH=/opt/rust/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$(chroot "$root" sh -c "echo ~$user")" LANG=C.UTF-8 \
	CARGO_HOME=/opt/cargo CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=/build PIP_NO_INDEX=1 PIP_FIND_LINKS=/opt/wheelhouse PIP_DISABLE_PIP_VERSION_CHECK=1 \
	chroot --userspec="$user" "$root" bash -c "cd /walk && exec bash /opt/packaging/route.sh \"\$@\"" walk "$route" /opt/dist "$address"
'

main
