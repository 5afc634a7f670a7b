#!/usr/bin/env bash
# route.sh NAME DIST WIKI: goes one route from what lies in DIST to an account on the wiki, in the current folder, which is empty.
# Prints the size of what was installed, in bytes. Needs what the README names for that route, and no network but the wiki.
#
#   wheel      the Python wheel, in a virtual environment
#   sdist      the Python sdist, built in a virtual environment
#   tree       the source, by the README's lines for Python
#   pypy       the same for PyPy
#   testwiki   the wheel of the test wiki, beside that of the package
#   shared     the C archive: a C program by pkg-config, and a C++ program
#   static     the C archive: the library in the program, and a program without any shared library
#   cmake      the C archive by CMake, shared and static
#   meson      the C archive by Meson
#   autotools  the C archive by Autoconf and Automake
#   source     the source, by the README's lines: make, make install, a C and a C++ program, make uninstall
#   debian-rust  the same with the Rust that Debian packages
#   cross      the same for aarch64, by what Debian packages for it, and QEMU runs the C program
#   cargo-c    the source by cargo-c, and a C program
#   crate      the crate, by the README's lines: a Rust program
#   deb        the Debian packages: C and Python. They are installed by root, and unpacked by others
set -euo pipefail
name=$1 dist=$2 wiki=$3
here=$PWD
version=$(basename "$dist"/libcreateaccount-*-linux.tar.gz | sed -E 's/^libcreateaccount-(.*)-[^-]+-linux.*/\1/')

main() {
	tar xzf "$dist/libcreateaccount-$version.tar.gz"
	source=$here/libcreateaccount-$version
	"route_${name//-/_}"
}

# The program of the README in that language
example() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' "$source/README.md"; }

# The lines of the README under that heading: the first block of them, or the one of that number
lines_of() {
	awk -v title="## $1" -v wanted="${2:-1}" \
		'/^## / { here = $0 == title } here && $0 == "```sh" { on = ++block == wanted; next } /^```/ { on = 0 } on' "$source/README.md"
}

# Each program makes an account of its own
signs_up() {
	local api printed
	api=$wiki/w/stock/$name-$$-$RANDOM$RANDOM/api.php
	printed=$("$@" "$api" reader "correct horse 7")
	[ "$printed" = "made Reader" ] || { echo "$name: $* printed: $printed" >&2; exit 1; }
}

size() { du --apparent-size -sbc "$@" | tail -n 1 | cut -f 1; }

has_notices() {
	local notices
	notices=$(find venv -path '*/createaccount-*.dist-info/licenses/LICENSE-THIRD-PARTY')
	[ -n "$notices" ] || { echo "the notices of third parties are not installed" >&2; exit 1; }
}

python_signs_up() {
	example python >signup.py
	signs_up "$1" signup.py
	size "$("$1" -c 'import createaccount, os; print(os.path.dirname(createaccount.__file__))')"
}

route_wheel() {
	python3 -m venv venv
	venv/bin/pip install -q --no-index "$dist"/createaccount-*.whl
	has_notices
	python_signs_up venv/bin/python
}

route_sdist() {
	python3 -m venv venv
	venv/bin/pip install -q "$dist/createaccount-$version.tar.gz"
	has_notices
	python_signs_up venv/bin/python
}

route_pypy() {
	pypy3 -m venv venv
	venv/bin/pip install -q "$dist/createaccount-$version.tar.gz"
	has_notices
	python_signs_up venv/bin/python
}

route_testwiki() {
	python3 -m venv venv
	venv/bin/pip install -q --no-index "$dist"/createaccount-*.whl "$dist"/createaccount_testwiki-*.whl
	example python >signup.py
	cat >served.py <<-'END'
		import subprocess
		import sys
		from createaccount_testwiki import serve

		with serve() as server:
		    wiki = server.wiki("throttle")
		    made = subprocess.check_output([sys.executable, "signup.py", wiki.api_url, "reader", "correct horse 7"], text=True)
		    assert made == "made Reader\n", made
		    assert wiki.users() == ["Admin", "Taken", "Reader"], wiki.users()
	END
	venv/bin/python served.py
	size "$(venv/bin/python -c 'import createaccount_testwiki, os; print(os.path.dirname(createaccount_testwiki.__file__))')" \
		venv/bin/embedded-wiki
}

unpack_library() {
	tar xzf "$dist"/libcreateaccount-*-linux.tar.gz
	prefix=$(echo "$here"/libcreateaccount-*-linux)
	export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
	example c >signup.c
}

route_shared() {
	unpack_library
	example cpp >signup.cpp
	# shellcheck disable=SC2046  # flags are words
	cc signup.c $(pkg-config --cflags --libs createaccount) -o signup
	# shellcheck disable=SC2046
	c++ -std=c++17 signup.cpp $(pkg-config --cflags --libs createaccount) -o signup-cpp
	signs_up env LD_LIBRARY_PATH="$prefix/lib" ./signup
	signs_up env LD_LIBRARY_PATH="$prefix/lib" ./signup-cpp
	size "$prefix"/lib/libcreateaccount.so.*.*.*
}

route_static() {
	unpack_library
	# shellcheck disable=SC2046
	cc signup.c $(pkg-config --cflags --libs createaccount-static) -o signup
	# shellcheck disable=SC2046
	cc -static signup.c $(pkg-config --static --cflags --libs createaccount-static) -o signup-alone >&2
	strip signup signup-alone
	signs_up ./signup
	signs_up ./signup-alone
	size signup
}

route_cmake() {
	unpack_library
	mkdir program
	mv signup.c program
	cat >program/CMakeLists.txt <<-END
		cmake_minimum_required(VERSION 3.16)
		project(signup LANGUAGES C)
		find_package(createaccount $version CONFIG REQUIRED)
		foreach(kind shared static)
		    add_executable(signup-\${kind} signup.c)
		    target_link_libraries(signup-\${kind} PRIVATE createaccount::\${kind})
		endforeach()
	END
	cmake -S program -B build -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
	cmake --build build >/dev/null
	signs_up build/signup-shared
	signs_up build/signup-static
	size build/signup-shared "$prefix"/lib/libcreateaccount.so.*.*.*
}

route_meson() {
	unpack_library
	cat >meson.build <<-'END'
		project('signup', 'c')
		executable('signup', 'signup.c', dependencies: dependency('createaccount'))
	END
	meson setup build >/dev/null
	meson compile -C build >/dev/null
	signs_up build/signup
	size build/signup "$prefix"/lib/libcreateaccount.so.*.*.*
}

route_autotools() {
	unpack_library
	cat >configure.ac <<-'END'
		AC_INIT([signup], [1.0])
		AM_INIT_AUTOMAKE([foreign])
		AC_PROG_CC
		PKG_CHECK_MODULES([CREATEACCOUNT], [createaccount])
		AC_CONFIG_FILES([Makefile])
		AC_OUTPUT
	END
	cat >Makefile.am <<-'END'
		bin_PROGRAMS = signup
		signup_SOURCES = signup.c
		signup_CFLAGS = $(CREATEACCOUNT_CFLAGS)
		signup_LDADD = $(CREATEACCOUNT_LIBS)
	END
	autoreconf --install >/dev/null 2>&1
	./configure --quiet
	make --silent
	signs_up env LD_LIBRARY_PATH="$prefix/lib" ./signup
	size signup "$prefix"/lib/libcreateaccount.so.*.*.*
}

route_tree() {
	example python >signup.py
	cd "$source"
	# shellcheck disable=SC1090
	. <(lines_of Python) >&2
	cd "$here"
	python_signs_up python
}

# A user without sudo installs below a folder of his own
route_source() {
	local prefix=/usr/local
	# shellcheck disable=SC2317  # the README's lines call it
	sudo() { "$@"; }
	if [ "$(id -u)" != 0 ]; then
		prefix=$here/usr
		export MAKEFLAGS="PREFIX=$prefix" PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
	fi
	cd "$source"
	example c >signup.c
	example cpp >signup.cpp
	# shellcheck disable=SC1090
	. <(lines_of C) >&2
	signs_up ./signup
	# shellcheck disable=SC1090
	. <(lines_of C++) >&2
	signs_up ./signup
	size "$prefix"/lib/libcreateaccount.* "$prefix"/include/createaccount.*
	sudo make uninstall >&2
	[ -z "$(find "$prefix" -name '*createaccount*')" ] || { echo "make uninstall leaves files" >&2; exit 1; }
}

route_debian_rust() {
	PATH=${PATH#/opt/rust/bin:}
	route_source
}

route_cross() {
	PATH=${PATH#/opt/rust/bin:}
	cd "$source"
	# shellcheck disable=SC1090
	. <(lines_of C 2) >&2
	example c >signup.c
	# shellcheck disable=SC2046
	aarch64-linux-gnu-gcc signup.c $(PKG_CONFIG_PATH=root/usr/lib/pkgconfig pkg-config --cflags --libs createaccount) -o signup
	signs_up qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH=root/usr/lib ./signup
	size root
}

route_cargo_c() {
	cd "$source"
	cargo cinstall --release --locked --prefix="$here/usr" --libdir="$here/usr/lib" >&2
	cd "$here"
	example c >signup.c
	# shellcheck disable=SC2046
	cc signup.c $(PKG_CONFIG_PATH=usr/lib/pkgconfig pkg-config --cflags --libs createaccount) -Wl,-rpath,"$here/usr/lib" -o signup
	signs_up ./signup
	size usr
}

route_crate() {
	tar xzf "$dist/createaccount-$version.crate"
	mv "createaccount-$version" libcreateaccount
	# shellcheck disable=SC1090
	. <(lines_of Rust) >&2
	example rust >src/main.rs
	# The versions that were tested; the newest ones are weekly.yml's
	cp ../libcreateaccount/Cargo.lock .
	export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target}
	cargo build --quiet --release
	signs_up "$CARGO_TARGET_DIR/release/signup"
	size "$CARGO_TARGET_DIR/release/signup"
}

route_deb() {
	local installed=$here/unpacked
	if [ "$(id -u)" = 0 ]; then
		dpkg --install "$dist"/*.deb >/dev/null
	else
		for package in "$dist"/*.deb; do dpkg-deb --extract "$package" "$installed"; done
		libraries=$(echo "$installed"/usr/lib/*-linux-gnu)
		export PKG_CONFIG_PATH=$libraries/pkgconfig LD_LIBRARY_PATH=$libraries PYTHONPATH=$installed/usr/lib/python3/dist-packages
	fi
	example c >signup.c
	# shellcheck disable=SC2046
	cc signup.c $(pkg-config --cflags --libs createaccount) -o signup
	signs_up ./signup
	example python >signup.py
	signs_up /usr/bin/python3 signup.py
	size "$dist"/*.deb
	[ "$(id -u)" != 0 ] ||
		dpkg --purge python3-createaccount libcreateaccount-dev "$(basename "$dist"/libcreateaccount0*.deb | cut -d _ -f 1)" >/dev/null
}

main
