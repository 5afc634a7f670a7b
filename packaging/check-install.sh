#!/usr/bin/env bash
# Walks every route from nothing but what `make dist` has made (it is made if it is not there) to an account on the embedded
# wiki, on fresh roots of Debian 12 and 13, as root and as a user without sudo, and prints route, time and size. With `all`
# also Meson, Autotools, cargo-c, PyPy, Debian's own Rust and the Debian packages, and whether another folder and home give the
# same bytes.
#
# ROUTES and SUITES in the environment choose some of them. It needs root, for the roots. Rust and cargo's crates are lent to
# these, read-only, and the folder that cargo builds crates of others into, which would take the time of all the rest. The
# registries are out of their reach.
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
	printf '%-18s %-5s %-8s %8s %12s\n' system user route seconds bytes
	for suite in "${suites[@]}"; do
		fresh_root "$suite"
		for user in root someone; do
			for route in ${ROUTES-$(routes "$suite" "$user")}; do walk "$suite" "$user" "$route"; done
		done
	done
	[ "$failed" = 0 ] || { echo "$failed routes failed: see $log" >&2; exit 1; }
}

routes() {
	echo wheel sdist testwiki shared static cmake source crate
	[ "$all" ] || return 0
	echo meson autotools
	# Debian 12's are too old
	[ "$1" = bookworm ] || echo cargo-c pypy debian-rust
	[ "$2" != root ] || echo deb
}

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
	local suite=$1 base=$target/roots/$1
	if [ ! -f "$base.done" ]; then
		rm -rf "$base"
		local mirror
		mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' \
			/etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null)
		if [ "$suite" = bookworm ]; then
			debootstrap --variant=minbase --include="$packages" "$suite" "$base" "$mirror" >>"$log"
		else
			debootstrap --variant=minbase --include="$packages,cargo-c,pypy3,pypy3-venv" "$suite" "$base" "$mirror" >>"$log"
			echo "deb $mirror $suite-backports main" >"$base/etc/apt/sources.list.d/backports.list"
			chroot "$base" apt-get update -qq >>"$log"
			chroot "$base" apt-get install -qq --no-install-recommends --target-release "$suite-backports" rustc cargo >>"$log" 2>&1
		fi
		chroot "$base" useradd --create-home someone
		touch "$base.done"
	fi
}

# In a copy-on-write view of the root, so that each route finds it fresh
walk() {
	local suite=$1 user=$2 route=$3 start end size
	start=${EPOCHREALTIME/./}
	if size=$(unshare --mount --propagation private bash -euo pipefail -c "$INSIDE" inside \
		"$target" "$suite" "$user" "$route" "$address" "$PWD/dist" "$PWD/packaging" "$scratch" 2>>"$log" </dev/null); then
		end=${EPOCHREALTIME/./}
		printf '%-18s %-5s %-8s %8.1f %12d\n' "$suite" "${user/someone/user}" "$route" "$(((end - start) / 100000))e-1" "$size"
	else
		printf '%-18s %-5s %-8s %8s\n' "$suite" "${user/someone/user}" "$route" FAILED
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
mkdir -p "$root"/opt/{rust,cargo,dist,packaging,wheelhouse} "$root"/{walk,build} "$target/walks/$route"
lend() { mount --bind "$1" "$root/opt/$2" && mount -o remount,bind,ro "$root/opt/$2"; }
lend "$(rustc --print sysroot)" rust
lend "${CARGO_HOME:-$HOME/.cargo}" cargo
lend "$dist" dist
lend "$packaging" packaging
lend "$target/wheelhouse" wheelhouse
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$target/walks/$route" "$root/build"
chown -R "$(chroot "$root" id -u "$user")" "$root"/{walk,build}
exec env -i PATH=/opt/rust/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$(chroot "$root" sh -c "echo ~$user")" LANG=C.UTF-8 \
	CARGO_HOME=/opt/cargo CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=/build PIP_NO_INDEX=1 PIP_FIND_LINKS=/opt/wheelhouse PIP_DISABLE_PIP_VERSION_CHECK=1 \
	chroot --userspec="$user" "$root" bash -c "cd /walk && exec bash /opt/packaging/route.sh \"\$@\"" walk "$route" /opt/dist "$address"
'

main
