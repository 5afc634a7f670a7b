#!/usr/bin/env bash
# Installs what tests and demo need beyond Rust and Python 3: Debian packages, and a Python environment in target/venv
# with the module built from this tree. Does nothing that is done already.
#
#   tests/prepare.sh demo    a C and C++ compiler, and the module
#   tests/prepare.sh test    the tools of the checks as well
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

needs_package() { ! command -v "$1" >/dev/null && missing+=("$2"); return 0; }

missing=()
needs_package cc gcc
needs_package c++ g++
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "$1" = test ]; then
	needs_package clang clang
	needs_package cmake cmake
	needs_package doxygen doxygen
	needs_package valgrind valgrind
	needs_package curl curl
	needs_package shellcheck shellcheck
	needs_package redis-server redis-server
	needs_package pkg-config pkg-config
	pkg-config --exists libcurl 2>/dev/null || missing+=(libcurl4-openssl-dev)
fi
if [ ${#missing[@]} -gt 0 ]; then
	echo "installing ${missing[*]}" >&2
	command -v apt-get >/dev/null || { echo "install these yourself: ${missing[*]}" >&2; exit 1; }
	as_root=()
	[ "$(id -u)" = 0 ] || as_root=(sudo)
	"${as_root[@]}" apt-get update -qq
	DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

venv=target/venv
[ -x $venv/bin/python ] || python3 -m venv $venv
if [ "$1" = test ]; then
	$venv/bin/pip install -q --disable-pip-version-check -r tests/requirements.txt
fi
$venv/bin/pip install -q --disable-pip-version-check ./bindings/python
