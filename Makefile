# `make` builds the C library, `make install` installs what was built. `make demo` and `make test` need nothing but Rust and
# Python 3 on Debian. `make demo WIKI=https://…/api.php` signs up on a wiki of your own choice.

.PHONY: all demo check test faults fuzz hostile deny bench docs install uninstall soname dist check-install

# Cross builds name their TARGET, or have CARGO_BUILD_TARGET in the environment.
CARGO = cargo
TARGET = $(CARGO_BUILD_TARGET)
# What `make` has built, for `make install`, which may run as another user, without cargo and with another environment.
STAGE = target/stage$(if $(TARGET),/$(TARGET))

PREFIX = /usr/local
INCLUDEDIR = $(PREFIX)/include
LIBDIR = $(PREFIX)/lib
DOCDIR = $(PREFIX)/share/doc/createaccount

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
# The name that programs ask for is that of the interface, for which cargo-c has the same rule: until 1.0 a minor version may
# break it. A release candidate has the interface of its release.
NUMBERS := $(subst ., ,$(firstword $(subst -, ,$(subst +, ,$(VERSION)))))
MAJOR := $(word 1,$(NUMBERS))
MINOR := $(word 2,$(NUMBERS))
PATCH := $(word 3,$(NUMBERS))
SOVERSION := $(if $(MAJOR:0=),$(MAJOR),$(if $(MINOR:0=),0.$(MINOR),0.0.$(PATCH)))
SONAME := libcreateaccount.so.$(SOVERSION)
FILENAME := libcreateaccount.so.$(MAJOR).$(MINOR).$(PATCH)

all:
	@CARGO="$(CARGO)" packaging/stage.sh "$(STAGE)" "$(SONAME)" "$(TARGET)"

soname:
	@echo $(SONAME)

demo:
	@bindings/demo.sh $(WIKI)

# Formatting, lints, and every test that needs no wiki.
check:
	@tests/all.sh --without-wikis format lints core test_wiki python

# Everything, or parts of it: `make test SECTION="scenarios python"`; `make test SECTION=help` lists them.
test:
	@tests/all.sh $(SECTION)

# The whole campaign of tests/faults, some ten minutes; `make test` runs a share of it.
faults:
	@CREATEACCOUNT_FAULTS=full tests/wiki/with-wikis cargo test --quiet --test faults

# What a sign-up costs beside libcurl, requests and others, as a table. For an idle machine.
bench:
	@benches/compare.sh

# Each fuzz target for MINUTES: `make fuzz MINUTES=30`. It wants cargo-fuzz.
fuzz:
	@fuzz/run.sh $(or $(MINUTES),1)

# What hostile servers and stores cost, of the library as it is shipped.
hostile:
	@tests/hostile/release.sh

# What is depended on, by deny.toml. It wants cargo-deny, and for advisories a database from the net.
deny:
	@cargo deny check bans licenses sources
	@cargo deny check advisories

# The site target/docs/index.html.
docs:
	@tests/prepare.sh test
	@docs/build.sh

# Headers, both libraries, and files for pkg-config and CMake, as packagers want them: `make install DESTDIR=… PREFIX=/usr`.
TO_LIB = $(DESTDIR)$(LIBDIR)
FILL = bindings/c/fill
FOLDERS = "$(VERSION)" "$(PREFIX)" "$(LIBDIR)" "$(INCLUDEDIR)"

install:
	@test -f "$(STAGE)/libcreateaccount.so" || { echo "nothing is built: run make $(if $(TARGET),TARGET=$(TARGET) )first" >&2; exit 1; }
	@test "$$(cat "$(STAGE)/soname")" = "$(SONAME)" || { echo "what is built is another version: run make first" >&2; exit 1; }
	install -d -m 755 "$(DESTDIR)$(INCLUDEDIR)" "$(TO_LIB)/pkgconfig" "$(TO_LIB)/cmake/createaccount" "$(DESTDIR)$(DOCDIR)"
	install -m 644 include/createaccount.h include/createaccount.hpp include/createaccount.ffi.h "$(DESTDIR)$(INCLUDEDIR)"
	install -m 644 LICENSE-APACHE LICENSE-MIT LICENSE-THIRD-PARTY "$(DESTDIR)$(DOCDIR)"
	install -m 644 "$(STAGE)/libcreateaccount.a" "$(TO_LIB)"
	install -m 755 "$(STAGE)/libcreateaccount.so" "$(TO_LIB)/$(FILENAME)"
	ln -sf $(FILENAME) "$(TO_LIB)/$(SONAME)"
	ln -sf $(SONAME) "$(TO_LIB)/libcreateaccount.so"
	@set -e; for file in createaccount.pc createaccount-static.pc; do \
		$(FILL) bindings/c/$$file.in $(FOLDERS) | install -m 644 /dev/stdin "$(TO_LIB)/pkgconfig/$$file"; done
	@set -e; for file in createaccount-config.cmake createaccount-config-version.cmake; do \
		$(FILL) bindings/c/$$file.in $(FOLDERS) | install -m 644 /dev/stdin "$(TO_LIB)/cmake/createaccount/$$file"; done
	@$(LDCONFIG)

uninstall:
	rm -f "$(DESTDIR)$(INCLUDEDIR)/createaccount.h" "$(DESTDIR)$(INCLUDEDIR)/createaccount.hpp" \
		"$(DESTDIR)$(INCLUDEDIR)/createaccount.ffi.h"
	rm -f "$(TO_LIB)/libcreateaccount.a" "$(TO_LIB)/libcreateaccount.so" "$(TO_LIB)/$(SONAME)" "$(TO_LIB)/$(FILENAME)"
	rm -f "$(TO_LIB)/pkgconfig/createaccount.pc" "$(TO_LIB)/pkgconfig/createaccount-static.pc"
	rm -f "$(TO_LIB)/cmake/createaccount/createaccount-config.cmake" "$(TO_LIB)/cmake/createaccount/createaccount-config-version.cmake"
	@for file in LICENSE-APACHE LICENSE-MIT LICENSE-THIRD-PARTY; do rm -f "$(DESTDIR)$(DOCDIR)/$$file"; done
	@for folder in "$(TO_LIB)/cmake/createaccount" "$(DESTDIR)$(DOCDIR)"; do \
		[ ! -d "$$folder" ] || rmdir --ignore-fail-on-non-empty "$$folder"; done
	@$(LDCONFIG)

# Root's own system finds the library afterwards; in a DESTDIR it is the packager's business, elsewhere the user's.
LDCONFIG = if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi

# Everything that a release publishes, under dist/.
dist:
	@packaging/dist.sh

# Walks every route from what `make dist` makes to an account on the embedded wiki.
check-install:
	@packaging/check-install.sh $(if $(ALL),all)
