# SPDX-License-Identifier: GPL-2.0-or-later
# Kabar. `make run` tries it, `make test` proves it; `make help` lists the rest.
# Variants live in build directories of their own: BUILD=build (release), build/test (fault points), build/asan, build/tsan.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= gcc
PYTHON  ?= /usr/bin/python3
OPT     ?= -O2
SAN     ?=
FAULTS  ?= 0
JOBS    ?= $(shell nproc)

LIBS     := libuv gammu sqlite3 libconfig jansson libsodium libutf8proc libmicrohttpd
WARN     := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2 -Wno-format-truncation $(if $(SAN),-Wno-stringop-truncation -Wno-maybe-uninitialized) $(if $(findstring clang,$(CC)),-Wno-unknown-warning-option -Wno-bitwise-instead-of-logical -Wno-format-nonliteral -Wno-shadow)
HARDEN   := -fstack-protector-strong -fPIE -fno-strict-aliasing $(if $(SAN),,-D_FORTIFY_SOURCE=2)
DEFINES  := -D_GNU_SOURCE -DKABAR_VERSION='"$(VERSION)"' -DKABAR_FAULTS=$(FAULTS) -DKABAR_DATADIR='"$(PREFIX)/share/kabar"' $(if $(DB_CACHE),-DDB_CACHE='"$(DB_CACHE)"')
CFLAGS   += -std=gnu11 -g $(OPT) $(WARN) $(HARDEN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
CPPFLAGS += -I. $(DEFINES) $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN))
LDLIBS   += $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lpthread -lm

SRC     := $(filter-out gateway/main.c,$(wildcard gateway/*.c gateway/*/*.c menus/*.c storage/*.c handlers/*.c))
SIM_SRC := $(wildcard sim/*.c)
OBJ     := $(SRC:%.c=$(BUILD)/obj/%.o)
SIM_OBJ := $(SIM_SRC:%.c=$(BUILD)/obj/%.o)
BASE    := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard gateway/base/*.c))
FUZZ_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/fuzz/fuzz_*.c))
UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: faults all deps deps-test run units gateway-programs test-programs test red asan asan-programs tsan tsan-programs torture torture-programs powercut soak bench bench-programs bench-growth install clean format help
.PHONY: fuzz fuzz-short fuzz-build fuzz-programs
.DEFAULT_GOAL := all
.SECONDARY:

all: deps ## build build/kabar and build/kabar-sim
	@$(MAKE) -j$(JOBS) --no-print-directory $(BUILD)/kabar $(BUILD)/kabar-sim

deps: ## install the missing Debian packages of DEPENDENCIES
	@tests/deps.sh build run

deps-test: deps
	@tests/deps.sh build run test

run: all ## try it: a simulated network, the gateway, and a phone in your terminal
	@sim/demo/run

$(BUILD)/libkabar.a: $(OBJ)
	@rm -f $@ && ar rcs $@ $^

$(BUILD)/kabar: $(BUILD)/obj/gateway/main.o $(BUILD)/libkabar.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/kabar-sim: $(SIM_OBJ) $(BASE)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The schema is text that becomes part of the binary.
$(BUILD)/obj/storage/schema.o: $(wildcard storage/schema/sqlite/*.sql)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libkabar.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# The simulator's codec is not in the library: nothing of the product may lean on it.
$(BUILD)/tests/test_sim_codec: $(BUILD)/obj/sim/sms_codec.o $(BUILD)/obj/sim/sms_pdu.o $(BUILD)/obj/sim/sms_ud.o

units: $(UNIT)

# Whole conversations against the engine: tests/conversations/*.chat.
$(BUILD)/tests/chat: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/conversations/*.c)) $(BUILD)/libkabar.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Preloads of tests: what caps usleep() for libgammu's sake, what lets the wall clock jump.
$(BUILD)/%.so: tests/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $< -ldl

# A disk that can lose its power, for tests/torture/powercut.py.
$(BUILD)/logdisk: $(BUILD)/obj/tests/torture/logdisk.o $(BASE)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs fuse3)
$(BUILD)/obj/tests/torture/logdisk.o: CPPFLAGS += $(shell pkg-config --cflags fuse3 2>/dev/null)

# A disk that fails on demand: tests only.
$(BUILD)/sickdisk.so: tests/sickdisk.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $< -ldl

# A bearer alone on a loop, driven by tests/system/gsm_bearer.py.
$(BUILD)/gsm_bearer: $(BUILD)/obj/tests/system/gsm_bearer.o $(BUILD)/libkabar.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What system tests start, and everything that tests/run needs, in the build directory of the moment. The fuzz targets are only compiled: so that they keep up.
gateway-programs: $(BUILD)/kabar $(BUILD)/kabar-sim $(BUILD)/sleepcap.so $(BUILD)/clockshift.so $(BUILD)/sickdisk.so
test-programs: gateway-programs $(UNIT) $(BUILD)/tests/chat $(BUILD)/logdisk $(BUILD)/gsm_bearer $(BUILD)/bench_engine $(BUILD)/ussd_load $(if $(SAN),,$(FUZZ_OBJ))

test: deps-test ## all tests; ends in `N passed, N failed`
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/test FAULTS=1 OPT=-O1 test-programs
	@tests/run --build build/test

red: deps-test ## the tests of faults, each without its defence: it must fail
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/test FAULTS=1 OPT=-O1 test-programs
	@KABAR_RED=1 tests/run --build build/test --only system/ --red

faults: deps-test ## the tests of faults, those too that wait for minutes
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/test FAULTS=1 OPT=-O1 test-programs
	@KABAR_LONG=1 tests/run --build build/test --only system/fault

asan-programs: deps-test
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/asan FAULTS=1 OPT="-O1 -g1" SAN=address,undefined test-programs

# Left out is what says nothing of memory in C that others do not say: kills at random; rules and documents, whose commands tests/system/cli.py runs; the demo, a
# script around programs that are tested themselves; the conversations over HTTP, which tests/chat plays in process and ussd_*.py, resume.py over the wires.
asan: asan-programs ## the same tests under AddressSanitizer and UBSan, but those that say nothing of memory
	@ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:verify_asan_link_order=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 KABAR_SLOW=3 tests/run --build build/asan --skip torture,rules/,docs.py,demo.py,conversations_http.py

# TSan: loop and engine thread of the whole gateway, while it stops and while its store is sick too, and the mailbox between them.
tsan-programs: deps-test
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/tsan FAULTS=1 OPT="-O1 -g1" SAN=thread gateway-programs build/tsan/tests/test_mailbox

tsan: tsan-programs ## loop and engine thread under ThreadSanitizer
	@TSAN_OPTIONS=halt_on_error=0:exitcode=66 KABAR_SLOW=3 tests/run --build build/tsan --only mailbox,threads,control,stop_start,store_stress

# libFuzzer: every tests/fuzz/fuzz_NAME.c is a target over the library, both built with ASan and UBSan.
FUZZ      := build/fuzz
FUZZ_SAN  := fuzzer-no-link,address,undefined
FUZZERS   := $(FUZZ_OBJ:$(BUILD)/obj/tests/fuzz/%.o=$(BUILD)/%)
SECONDS   ?= 600
fuzz-programs: $(FUZZERS)

$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/libkabar.a
	$(CC) $(subst fuzzer-no-link,fuzzer,$(LDFLAGS)) -o $@ $^ $(LDLIBS)

fuzz-build: deps-test
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=$(FUZZ) CC=clang OPT="-O1 -g1" SAN=$(FUZZ_SAN) fuzz-programs

fuzz: fuzz-build ## fuzz each target for SECONDS (600), two at a time
	@tests/fuzz/run --build $(FUZZ) --seconds $(SECONDS)

fuzz-short: ## the same for 30 s each
	@$(MAKE) --no-print-directory fuzz SECONDS=30

$(BUILD)/bench_%: $(BUILD)/obj/tests/bench/bench_%.o $(BUILD)/libkabar.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# A USSD gateway under load, for the bench and for tests/system/ussd_peer.py: a program of its own.
$(BUILD)/ussd_load: $(BUILD)/obj/tests/bench/ussd_load.o
	$(CC) $(LDFLAGS) -o $@ $^

bench-programs: $(BUILD)/bench_engine $(BUILD)/bench_queue $(BUILD)/sleepcap.so $(BUILD)/ussd_load

# KILLS, SEED, MINUTES (of one piece): it goes on where it stopped, by build/torture/state.json.
torture: torture-programs ## kill everything, KILLS=2000 times in pieces of MINUTES=100, and count what was lost
	@tests/torture/ussd.py --kills 200 --seed $(or $(SEED),1)
	@tests/torture/torture.py --kills $(or $(KILLS),2000) --seed $(or $(SEED),1) --minutes $(or $(MINUTES),100)

powercut: torture-programs ## take the power from the disk, ROUNDS=50 times (needs root)
	@tests/torture/powercut.py --rounds $(or $(ROUNDS),50) --seed $(or $(SEED),1)

soak: deps-test ## 10 messages a second on 4 modems with faults on, for MINUTES=30
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/soak FAULTS=1 OPT=-O1 DB_CACHE=-1024 build/soak/kabar build/soak/kabar-sim build/soak/sleepcap.so
	@KABAR=$(CURDIR)/build/soak/kabar SIM=$(CURDIR)/build/soak/kabar-sim SLEEPCAP=$(CURDIR)/build/soak/sleepcap.so tests/torture/soak.py --minutes $(or $(MINUTES),30) --seed $(or $(SEED),1)

torture-programs: deps-test
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/test FAULTS=1 OPT=-O1 test-programs

bench: deps ## measures; JSON lines, medians with min and max
	-@tests/deps.sh bench
	@$(MAKE) --no-print-directory -s BUILD=build all bench-programs
	@$(MAKE) -j$(JOBS) --no-print-directory -s BUILD=build/test FAULTS=1 OPT=-O1 test-programs
	@tests/bench/run

bench-growth: deps ## the engine among 1,000,000 numbers and 10,000,000 messages
	@$(MAKE) --no-print-directory -s BUILD=build all bench-programs
	@tests/bench/run growth

install: $(BUILD)/kabar ## into DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/kabar $(DESTDIR)$(PREFIX)/share/doc/kabar
	install -m 755 $(BUILD)/kabar $(DESTDIR)$(PREFIX)/bin/kabar
	install -d $(DESTDIR)$(PREFIX)/share/kabar/menus $(DESTDIR)$(PREFIX)/share/kabar/content
	cp -r menus/words menus/trees menus/operators $(DESTDIR)$(PREFIX)/share/kabar/menus/
	install -m 644 storage/demo/*.tsv $(DESTDIR)$(PREFIX)/share/kabar/content
	install -d $(DESTDIR)$(PREFIX)/share/kabar/areas
	install -m 644 storage/areas/* $(DESTDIR)$(PREFIX)/share/kabar/areas
	install -m 644 README.md gateway.conf $(wildcard docs/*.md) $(DESTDIR)$(PREFIX)/share/doc/kabar/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|g' docs/kabar.service.in >$(DESTDIR)$(PREFIX)/lib/systemd/system/kabar.service

clean:
	rm -rf build

format: ## lay out all C files by .clang-format
	clang-format -i $$(git ls-files '*.c' '*.h')

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
