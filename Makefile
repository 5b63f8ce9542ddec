# Khoacu. `make run` builds and starts it with demonstration data, `make test` runs all tests.
# STRICT=1 turns warnings into errors, SANITIZE=1 adds ASan and UBSan; BUILD is where objects go.

BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wno-sign-conversion -Wno-string-conversion -Wvla
ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -pthread -fno-common -fstack-protector-strong $(WARNINGS) $(CFLAGS)
ALL_CPPFLAGS := -Iinclude -Ibuild/gen -I/usr/include/postgresql -I/usr/include/libxml2 $(CPPFLAGS)
LIBS := -lmicrohttpd -lpq -lcurl -lutf8proc -lcrypto -lm -pthread
LIBS += -lzip -lz -lxlsxwriter -lxml2
LIBS += -lpangocairo-1.0 -lpango-1.0 -lgobject-2.0 -lglib-2.0 -lcairo -lqrencode -lzbar
# Headers of others, so that their warnings are not ours.
PANGO_CPPFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I pangocairo libxml-2.0 2>/dev/null))
ifdef STRICT
ALL_CFLAGS += -Werror
endif
ifdef SANITIZE
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

SOURCES := $(filter-out server/wasm/%,$(wildcard server/*/*.c))
LIBRARY_SOURCES := $(filter-out server/main/%,$(SOURCES))
MAIN_SOURCES := $(filter server/main/%,$(SOURCES))
LIBRARY_OBJECTS := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/db_statements.o $(BUILD)/gen/embed.o
MAIN_OBJECTS := $(MAIN_SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libkhoacu.a
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

QUERIES := $(sort $(wildcard sql/queries/*.sql))
EMBEDDED := $(shell find sql/roles sql/migrations sql/functions web server/demo server/cycle/packs server/api/openapi.json \
	-type f ! -name '.*' 2>/dev/null | LC_ALL=C sort)
# The verification engine for browsers, embedded beside the page that loads it. An entry NAME=FILE is embedded as NAME.
WASM := build/gen/khoacu_verify.wasm
EMBEDDED_AS := $(shell printf '%s\n' $(EMBEDDED) web/public/verify.wasm=$(WASM) | LC_ALL=C sort)
STATEMENTS_H := build/gen/khoacu/gen/db_statements.h

.PHONY: all run test check lint bench fuzz fault setup setup-tests units fuzzers clean
.DELETE_ON_ERROR:

all: build/khoacu

build/khoacu: $(MAIN_OBJECTS) build/libkhoacu.a build/gen/sources.list
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -rdynamic -Wl,--as-needed -o $@ $(MAIN_OBJECTS) build/libkhoacu.a $(LIBS)

$(LIBRARY): $(LIBRARY_OBJECTS) build/gen/sources.list
	@rm -f $@
	ar rcs $@ $(LIBRARY_OBJECTS)

# What a compiler warns of stays in NAME.o.warned, and with STRICT=1 such an object is made again: one build serves run and test.
$(BUILD)/server/%.o: server/%.c | $(STATEMENTS_H)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $< 2>$@.warned || { cat $@.warned >&2; exit 1; }
	@if [ -s $@.warned ]; then cat $@.warned >&2; else rm -f $@.warned; fi
ifdef STRICT
$(patsubst %.warned,%,$(wildcard $(BUILD)/server/*/*.warned)): FORCE
endif

$(BUILD)/server/doc/%.o: ALL_CPPFLAGS += $(PANGO_CPPFLAGS)

$(BUILD)/gen/%.o: build/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/embed.o: build/gen/embed.s $(EMBEDDED) $(WASM)
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# Lists that change only when files come or go.
build/gen/%.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(LIST_$*) >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
LIST_sources = $(SOURCES)
LIST_queries = $(QUERIES)
LIST_embedded = $(EMBEDDED_AS)
.PHONY: FORCE

$(STATEMENTS_H): server/db/statements.awk $(QUERIES) build/gen/queries.list
	@mkdir -p $(@D)
	@awk -v out=header -f $< $(QUERIES) </dev/null >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

build/gen/db_statements.c: server/db/statements.awk $(QUERIES) build/gen/queries.list
	@mkdir -p $(@D)
	awk -v out=table -f $< $(QUERIES) </dev/null >$@

build/gen/embed.s: server/base/embed.awk build/gen/embedded.list
	sed '/^$$/d' build/gen/embedded.list | awk -f $< >$@

# ---- the verification engine as WebAssembly ----

WASM_CC ?= clang
WASM_SOURCES := $(wildcard server/wasm/*.c server/rank/*.c server/settle/*.c server/json/*.c server/cycle/pack_read*.c \
	server/result/bundle_*.c server/result/field*.c) \
	server/cycle/pack.c $(addprefix server/base/,arena.c buf.c err.c text.c text_code.c text_time.c)
WASM_OBJECTS := $(WASM_SOURCES:server/%.c=build/wasm/%.o)
WASM_FLAGS := --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -Iinclude -Ibuild/gen -include server/wasm/missing.h -std=gnu17 \
	-D_GNU_SOURCE -DNDEBUG -Wno-unused -Wno-unused-parameter -Os -ffunction-sections -fdata-sections $(WARNINGS) $(if $(STRICT),-Werror)

$(WASM): $(WASM_OBJECTS) build/gen/wasm.list
	@mkdir -p $(@D)
	$(WASM_CC) --target=wasm32-wasi -mexec-model=reactor -Wl,--gc-sections,--strip-all,-z,stack-size=1048576 -o $@ $(WASM_OBJECTS)

build/wasm/%.o: server/%.c | build/wasm/compiler $(STATEMENTS_H)
	@mkdir -p $(@D)
	$(WASM_CC) $(WASM_FLAGS) -MMD -MP -c -o $@ $<

LIST_wasm = $(WASM_SOURCES)
build/wasm/compiler:
	@mkdir -p $(@D)
	@printf '#include <stdlib.h>\nint main(void) { return 0; }\n' >build/wasm/probe.c; \
	$(WASM_CC) --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -o build/wasm/probe build/wasm/probe.c 2>build/wasm/probe.log || { \
		cat build/wasm/probe.log >&2; echo 'The public page needs its verification engine, which clang compiles to WebAssembly.' >&2; \
		echo 'Please install: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 (or run server/packages.sh server/packages.txt).' >&2; exit 1; }
	@touch $@

# ---- running ----

run: setup
	@test -e build/khoacu || echo 'Building Khoacu. The first time takes a minute.'
	@$(MAKE) --no-print-directory -s -j$(JOBS) build/khoacu
	@build/khoacu serve --demo

setup:
	@server/packages.sh server/packages.txt

# ---- testing ----

setup-tests:
	@server/packages.sh server/packages.txt tests/packages.txt

test: setup setup-tests
	@JOBS=$(JOBS) tests/run.sh

lint bench fuzz fault:
	@JOBS=$(JOBS) tests/run.sh $(subst bench,load,$@)

# Everything compiled strictly by both compilers: gcc's part is the program, clang's is what the unit tests and fuzzers link.
QUIETLY = $(MAKE) --no-print-directory -s -j$(JOBS)
SANITIZED = CC=clang STRICT=1 SANITIZE=1 CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' LDFLAGS=-fuse-ld=lld BUILD=build/asan

check:
	@$(QUIETLY) CC=gcc STRICT=1 build/khoacu
	@$(QUIETLY) $(SANITIZED) build/asan/complete

$(BUILD)/complete: $(LIBRARY) $(MAIN_OBJECTS)
	@touch $@

units fuzzers:
	@$(QUIETLY) $(SANITIZED) build/asan/$@

$(BUILD)/units: $(UNIT_TESTS)
$(BUILD)/fuzzers: $(FUZZERS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -Iserver $(ALL_CFLAGS) -MMD -MP -MF $@.d -MT $@ $(LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka -ljansson $(LIBS)

$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -Iserver $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -MT $@ $(LDFLAGS) -o $@ $< $(LIBRARY) -ljansson $(LIBS)

# Tools of tests/load.
LOAD_TOOLS := $(patsubst %,build/%,bare day fill load naive respond)
$(LOAD_TOOLS): build/%: tests/load/%.c build/libkhoacu.a
build/rankbench: tests/load/rank.c build/libkhoacu.a
build/load: LIBS += -lssl
build/rankbench $(LOAD_TOOLS):
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< build/libkhoacu.a $(LIBS)

clean:
	rm -rf build

-include $(WASM_OBJECTS:.o=.d) $(LIBRARY_OBJECTS:.o=.d) $(MAIN_OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(FUZZERS:=.d)
