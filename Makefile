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

LIBS     := libuv gammu sqlite3 libconfig jansson libsodium libutf8proc
WARN     := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2
HARDEN   := -fstack-protector-strong -fPIE -fno-strict-aliasing $(if $(SAN),,-D_FORTIFY_SOURCE=2)
DEFINES  := -D_GNU_SOURCE -DKABAR_VERSION='"$(VERSION)"' -DKABAR_FAULTS=$(FAULTS) -DKABAR_DATADIR='"$(PREFIX)/share/kabar"'
CFLAGS   += -std=gnu11 -g $(OPT) $(WARN) $(HARDEN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
CPPFLAGS += -I. $(DEFINES) $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN))
LDLIBS   += $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lpthread -lm

SRC     := $(filter-out gateway/main.c,$(wildcard gateway/*.c gateway/*/*.c menus/*.c storage/*.c handlers/*.c))
SIM_SRC := $(wildcard sim/*.c)
OBJ     := $(SRC:%.c=$(BUILD)/obj/%.o)
SIM_OBJ := $(SIM_SRC:%.c=$(BUILD)/obj/%.o)
BASE    := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard gateway/base/*.c))
UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: all deps deps-test run test bench install clean format help
.DEFAULT_GOAL := all
.SECONDARY:

all: deps ## build build/kabar and build/kabar-sim
	@$(MAKE) --no-print-directory $(BUILD)/kabar $(BUILD)/kabar-sim

deps: ## install the missing Debian packages of DEPENDENCIES
	@tests/deps.sh build run

deps-test: deps
	@tests/deps.sh build run test

$(BUILD)/libkabar.a: $(OBJ)
	@rm -f $@ && ar rcs $@ $^

$(BUILD)/kabar: $(BUILD)/obj/gateway/main.o $(BUILD)/libkabar.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/kabar-sim: $(SIM_OBJ) $(BASE)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# SQL and schema are text that becomes part of the binary.
$(BUILD)/obj/storage/%.o: CPPFLAGS += -I$(BUILD)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libkabar.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

units: $(UNIT)

clean:
	rm -rf build

format: ## lay out all C files by .clang-format
	clang-format -i $$(git ls-files '*.c' '*.h')

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
