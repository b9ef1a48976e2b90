# The verbs of this repository; `make help` lists them.
# On a fresh Debian or Ubuntu with a Swift toolchain, `make demo` and `make test` do the rest.

PREFIX ?= /usr/local
DESTDIR ?=
ZSH_FUNCTIONS ?= share/zsh/site-functions
SECONDS ?= 60
# Not in the manifest: there they would bar the libraries from being a dependency.
SWIFT_FLAGS ?= -Xswiftc -warnings-as-errors
export SWIFT_FLAGS

# Loading libstdc++ and libgcc would take a quarter of the start-up; nobody looks up our symbols, and
# nothing unwinds through our frames, so that their index is of no use. Functions that are the same
# are kept once. 46,000 relocations take 16 kB instead of 1.1 MB where the C library reads them so.
STATIC_FLAGS = -Xswiftc -use-ld=lld -Xlinker -s -Xlinker --no-export-dynamic -Xlinker --icf=safe \
  -Xlinker --no-eh-frame-hdr $(PACKED_RELOCATIONS) \
  -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker -L$(CURDIR)/.build/static
PACKED_RELOCATIONS = $(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | \
  sort -VC && echo -Xlinker -z -Xlinker pack-relative-relocs)

binary = .build/release/mediatool
to = $(DESTDIR)$(PREFIX)

.PHONY: help demo test release install uninstall deb deb-check generate docs bench examples fuzz \
  harden ci clean

help: ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r verb what; do printf '  make %-10s %s\n' "$$verb" "$$what"; done

demo: release ## build, then describe the sample clip
	@echo '$$ mediatool probe Samples/clip.mp4'
	@$(binary) probe Samples/clip.mp4

test: ## install what the tests need, run them all
	@scripts/setup test
	MEDIATOOL_REQUIRE_PEERS=1 scripts/test

release: ## build the static, stripped binary .build/release/mediatool
	@scripts/setup build
	@mkdir -p .build/static
	@archive=$$($(CC) -print-file-name=libstdc++.a); \
	  if test -f "$$archive"; then ln -sf "$$archive" .build/static; fi
	swift build -c release --static-swift-stdlib $(STATIC_FLAGS)

install: ## install what `make release` built under PREFIX (default /usr/local)
	@test -x $(binary) || $(MAKE) release
	install -d $(to)/bin $(to)/share/man/man1 $(to)/share/man/man7 \
	  $(to)/share/bash-completion/completions $(to)/$(ZSH_FUNCTIONS) \
	  $(to)/share/fish/vendor_completions.d $(to)/share/mediatool/schemas \
	  $(to)/share/doc/mediatool
	install -m 755 $(binary) $(to)/bin/mediatool
	install -m 644 man/*.1 $(to)/share/man/man1
	install -m 644 man/*.7 $(to)/share/man/man7
	install -m 644 completions/mediatool.bash $(to)/share/bash-completion/completions/mediatool
	install -m 644 completions/_mediatool $(to)/$(ZSH_FUNCTIONS)/_mediatool
	install -m 644 completions/mediatool.fish $(to)/share/fish/vendor_completions.d/mediatool.fish
	install -m 644 schemas/*.json $(to)/share/mediatool/schemas
	install -m 644 README.md CHANGELOG.md LICENSE $(to)/share/doc/mediatool
	find docs -path docs/site -prune -o -type f \
	  -exec install -D -m 644 {} $(to)/share/doc/mediatool/{} \;

uninstall: ## remove what `make install` put under PREFIX
	rm -f $(to)/bin/mediatool \
	  $(patsubst man/%,$(to)/share/man/man1/%,$(wildcard man/*.1)) \
	  $(patsubst man/%,$(to)/share/man/man7/%,$(wildcard man/*.7)) \
	  $(to)/share/bash-completion/completions/mediatool $(to)/$(ZSH_FUNCTIONS)/_mediatool \
	  $(to)/share/fish/vendor_completions.d/mediatool.fish
	rm -rf $(to)/share/mediatool $(to)/share/doc/mediatool

deb: release ## make a Debian package of it in .build/deb
	@scripts/setup deb
	scripts/deb --lint

deb-check: deb ## install, run and remove the package in a clean chroot, as root
	@scripts/setup deb-check
	$(if $(filter 0,$(shell id -u)),,sudo) scripts/deb-check

generate: ## write man, completions and schemas from the command descriptions
	@scripts/setup build
	scripts/generate

docs: ## write the reference of the libraries to docs/site
	@scripts/setup build
	scripts/docs

bench: release ## measure against other programs, write docs/benchmarks.md
	@scripts/setup bench
	swift build -c release --package-path Benchmarks
	Benchmarks/run

examples: release ## build and run the programs in Examples
	@scripts/setup test
	scripts/examples

fuzz: ## fuzz each parser for SECONDS (default 60)
	@scripts/setup test
	scripts/fuzz $(SECONDS)

harden: ## changed inputs, fuzzing, tests with coverage and under sanitizers (slow)
	@scripts/setup test
	MEDIATOOL_REQUIRE_PEERS=1 scripts/harden

ci: ## everything that must hold before a merge
	.ci/run

clean: ## remove what was built
	rm -rf .build Fuzz/.build docs/site
