#!/usr/bin/env bash
# Installs what tests and demo need beyond Rust and Python 3: Debian packages, and a Python environment in target/venv
# with the module built from this tree. Does nothing that is done already.
#
#   tests/prepare.sh demo    a C and C++ compiler, and the module
#   tests/prepare.sh test    the tools of the checks as well
#
# Where it cannot install packages (without root and sudo, or on another system) it names what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

needs_package() { ! command -v "$1" >/dev/null && missing+=("$2"); return 0; }
needs_font() { [ -n "$(fc-list ":lang=$1" 2>/dev/null)" ] || missing+=("$2"); }

command -v cargo >/dev/null || { echo "Rust 1.88 or newer is missing: cargo is not in PATH" >&2; exit 1; }
command -v python3 >/dev/null || { echo "Python 3.10 or newer is missing: python3 is not in PATH" >&2; exit 1; }
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
	needs_package php php-cli
	needs_package shellcheck shellcheck
	needs_package redis-server redis-server
	needs_package chromium chromium
	needs_package fc-list fontconfig
	# What Chromium writes Arabic, Hebrew and Korean in
	needs_font ar fonts-dejavu-core
	needs_font ko fonts-nanum
	needs_package pkg-config pkg-config
	pkg-config --exists libcurl 2>/dev/null || missing+=(libcurl4-openssl-dev)
fi
if [ ${#missing[@]} -gt 0 ]; then
	as_root=()
	[ "$(id -u)" = 0 ] || as_root=(sudo)
	for tool in apt-get "${as_root[@]}"; do
		command -v "$tool" >/dev/null && continue
		echo "these packages are missing, and cannot be installed from here without $tool: ${missing[*]}" >&2
		exit 1
	done
	echo "installing ${missing[*]}" >&2
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

venv=target/venv
[ -x $venv/bin/python ] || python3 -m venv $venv
pip=("$venv/bin/pip" install -q --disable-pip-version-check)
if [ "$1" = test ]; then
	"${pip[@]}" -r tests/requirements.txt
else
	"${pip[@]}" "$(grep '^maturin==' tests/requirements.txt)"
fi
VIRTUAL_ENV=$PWD/$venv $venv/bin/maturin develop --quiet --manifest-path bindings/python/Cargo.toml
