#!/usr/bin/env bash
# What sign-ups cost beside other ways to make them (`make bench`): builds the library and the peers, installs what they need, and
# lets compare.py measure, among the wikis of the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" != inside ]; then
	tests/prepare.sh test
	exec tests/wiki/with-wikis "${BASH_SOURCE[0]}" inside
fi

missing=()
command -v nginx >/dev/null || missing+=(nginx-light)
command -v openssl >/dev/null || missing+=(openssl)
pkg-config --exists jansson || missing+=(libjansson-dev)
if [ ${#missing[@]} -gt 0 ]; then
	as_root=()
	[ "$(id -u)" = 0 ] || as_root=(sudo)
	DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

bench=target/bench
mkdir -p $bench
packaging/stage.sh $bench libcreateaccount.so
strip $bench/libcreateaccount.so
library=$PWD/$bench
cc -O2 -pthread -Iinclude benches/peers/ours.c -L"$library" -lcreateaccount -Wl,-rpath,"$library" -o $bench/ours
read -ra flags < <(pkg-config --cflags --libs libcurl jansson)
cc -O2 benches/peers/curl.c "${flags[@]}" -o $bench/curl
cc -O2 benches/peers/sockets.c -o $bench/sockets

[ -x $bench/venv/bin/python ] || python3 -m venv $bench/venv
$bench/venv/bin/pip install -q --disable-pip-version-check requests httpx mwclient ./bindings/python

$bench/venv/bin/python benches/compare.py $bench
