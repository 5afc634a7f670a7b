#!/usr/bin/env bash
# Signs users up step by step through the C example and the Python example, on the embedded wiki or on the wiki whose
# api.php is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

says() { printf '== %s\n' "$*" >&2; }

says "preparing: a C compiler, and the Python module in target/venv (minutes, the first time)"
tests/prepare.sh demo
says "building the library and the embedded wiki"
cargo build --quiet -p createaccount-test-wiki
# cargo's messages say where its configuration and environment have it put the library
library=$(cargo build --quiet -p createaccount --message-format json-render-diagnostics |
	grep -o '"[^"]*/libcreateaccount\.so"' | tail -n 1 | tr -d '"')
built=$(dirname "$library")
says "building the example in C"
cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -Iinclude bindings/c/signup.c \
	-L"$built" -lcreateaccount -Wl,-rpath,"$built" -o "$built/signup-c"

sign_up() {
	local program=$1
	shift
	case $program in
		c) "$built/signup-c" "$@" ;;
		python) target/venv/bin/python -W "ignore:createaccount is a debug build" bindings/python/examples/signup.py "$@" ;;
	esac
}

# Any password will do here, but not one that could ever be somebody's.
password=$(head -c 12 /dev/urandom | base64)

if [ $# -gt 0 ]; then
	for program in c python; do
		printf '\n===== %s: an account on %s\n' "$program" "$1"
		sign_up "$program" "$1" "username=Demo $program $RANDOM$RANDOM" "password=$password"
	done
	exit
fi

# From here on all is on loopback, where no proxy is to be asked
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY

coproc wiki { exec "$built/embedded-wiki" --until-eof; }
read -r address <&"${wiki[0]}"

scene() { printf '\n===== %s: %s\n' "$1" "$2"; }

for program in c python; do
	stock=$address/w/stock/demo-$program/api.php
	steps=$address/w/steps/demo-$program/api.php

	scene "$program" "an account by name and password"
	sign_up "$program" "$stock" "username=Plain $program" "password=$password" email=demo@example.org

	scene "$program" "a name that is taken, corrected"
	sign_up "$program" "$stock" username=Taken "password=$password" --then "username=Free $program" "password=$password"

	scene "$program" "a further question of the wiki"
	sign_up "$program" "$steps" "username=Asked $program" stepStart=1 stepChain=ui \
		code=1234 "pin=98 76" color=green topics=art agree=1

	scene "$program" "a visit to a third party, and back to a loopback listener"
	sign_up "$program" "$steps" --listen 0 --visit "username=Redirected $program" stepStart=1 stepChain=redirect
done

printf '\nEvery sign-up of the demo has passed.\n'
