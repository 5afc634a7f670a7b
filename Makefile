# The two commands, the campaign of faults, fuzzing, the documentation, and the installation of the C library. `make demo WIKI=https://…/api.php` signs up on a wiki of your own choice.

.PHONY: demo test faults fuzz bench docs install
demo:
	@bindings/demo.sh $(WIKI)

test:
	@tests/all.sh

# The whole campaign of tests/faults, some ten minutes; `make test` runs a share of it.
faults:
	@CREATEACCOUNT_FAULTS=full tests/wiki/with-wikis cargo test --quiet --test faults

# What a sign-up costs beside libcurl, requests and others, as a table. For an idle machine.
bench:
	@benches/compare.sh

# Each fuzz target for MINUTES: `make fuzz MINUTES=30`. It wants cargo-fuzz.
fuzz:
	@fuzz/run.sh $(or $(MINUTES),1)

# The site target/docs/index.html.
docs:
	@tests/prepare.sh test
	@docs/build.sh

# Headers, both libraries and createaccount.pc, as packagers want them: `make install DESTDIR=… PREFIX=/usr`. The build has a
# folder of its own, since the shared library has a name here (SONAME) that programs do not find beside a plain build's.
# Cross builds name their TARGET, or have CARGO_BUILD_TARGET in the environment.
PREFIX = /usr/local
INCLUDEDIR = $(PREFIX)/include
LIBDIR = $(PREFIX)/lib
CARGO = cargo
TARGET = $(CARGO_BUILD_TARGET)
INSTALL_BUILD = target/install
BUILT = $(INSTALL_BUILD)/$(if $(TARGET),$(TARGET)/)release
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
# Until 1.0 a minor version may break the ABI.
SONAME := libcreateaccount.so.$(basename $(VERSION))

install:
	@$(CARGO) rustc --quiet --release --lib -p createaccount --target-dir $(INSTALL_BUILD) $(if $(TARGET),--target $(TARGET) )-- -Clink-arg=-Wl,-soname,$(SONAME)
	install -d $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 include/createaccount.h include/createaccount.hpp $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(BUILT)/libcreateaccount.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(BUILT)/libcreateaccount.so $(DESTDIR)$(LIBDIR)/libcreateaccount.so.$(VERSION)
	ln -sf libcreateaccount.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libcreateaccount.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
		bindings/c/createaccount.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/createaccount.pc
