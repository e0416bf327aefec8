# Testudo is built by GNU make, without a configure step: `make help` lists what it can do.
#
# Objects lie in build/VARIANT. A variant is a compiler and what is switched on, joined by dashes:
#   musl                    the release: hardened, one static file that starts at once
#   gcc, clang              the same with the system's C library, where musl is not installed
#   gcc-test, clang-test    the same with fault injection compiled in; unit tests use it
#   gcc-asan, clang-asan    address and undefined-behaviour sanitizers, and fault injection
#   clang-fuzz              libFuzzer
# Sources are found, not listed: a new file needs no edit here.
# V=variant chooses one; WERROR=1 turns warnings into errors; CFLAGS and LDFLAGS are added last.

# glibc asks the processor some fifty questions at every start, and each costs 4 µs in a virtual
# machine; with musl a run is a tenth shorter.
musl := /usr/lib/$(shell uname -m)-linux-musl
V ?= $(if $(wildcard $(musl)/rcrt1.o),musl,gcc)
B := build/$V
words := $(subst -, ,$V)
has = $(filter $1,$(words))
CC := $(CROSS)$(patsubst musl,gcc,$(firstword $(words)))
PREFIX ?= /usr/local

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory --no-builtin-rules

# ---- what there is -------------------------------------------------------------------------

find = $(sort $(shell find $1 -name '$2' 2>/dev/null))
object = $(patsubst %,$B/obj/%.o,$1)

sources := $(call find,src,*.c) $(call find,src,*.S)
# What reads strangers' bytes runs in boxes only, and is two programs apart from the one that makes
# boxes: the worker searches for tests, the reader parses sources. Only the reader needs others'
# grammars; without them all else is built and works.
apart   := $(filter-out src/testgen/layout.c,$(filter src/testgen/% src/source/% src/worker/%,$(sources)))
program := $(call object,$(filter-out $(apart),$(sources)))
common  := $(filter src/base/%,$(sources)) src/sys/fd.c src/sys/fault.c src/sys/layer.c src/worker/main.c
worker  := $(call object,$(filter src/testgen/%,$(sources)) src/worker/worker.c src/worker/testgen.c $(common))
reads   := $(filter src/source/%,$(sources)) $(patsubst %,src/worker/%.c,reader check rules outline \
    crew listing sources warm)
reader  := $(call object,$(reads) $(common) src/sys/tree.c src/sys/tree_file.c src/model/checked.c \
    src/model/outline.c src/model/outline_write.c \
    src/model/left_out.c)
modules := $(call object,$(filter-out src/main.c src/worker/% src/source/%,$(sources)))
grammars_here := $(wildcard build/grammars/fetched)
# Others' sources, fetched by tools/grammars: compiled once, for all variants.
grammars := $(patsubst %,build/grammars/%.a,tree-sitter-python tree-sitter-javascript tree-sitter-java \
    tree-sitter-bash tree-sitter-typescript/typescript tree-sitter-typescript/tsx)
parsing := -ltree-sitter -lpcre2-8
aids    := $(shell find guest/python/nursery guest/python/witness guest/python/before -name '*.py' 2>/dev/null)
base    := $(call object,$(filter src/base/%,$(sources)))
init    := $(patsubst %,$B/init.obj/%.o,$(call find,init,*.c))
harness := $(call object,$(wildcard tests/*.c))
units   := $(call object,$(filter-out tests/unit/source/% tests/unit/worker/%,$(call find,tests/unit,*.c)))
reader_units := $(call object,$(wildcard tests/unit/source/*.c tests/unit/worker/*.c))
zygote  := $(patsubst %,$B/zygote.obj/%.o,$(wildcard guest/python/*.[cS]))
zygote_parts := $(patsubst %,$B/zygote.obj/%.o,$(filter src/base/% src/sys/% src/model/% src/wire/% src/sandbox/%.c,$(sources)))
flow    := $(call object,$(wildcard tests/flow/*.c))
faults  := $(call object,$(wildcard tests/fault/*.c) src/sys/fd.c src/sys/fault.c src/sys/layer.c)
escape  := $(call object,$(wildcard tests/escape/*.c)) $(filter-out %/flow.c.o,$(flow))
probe   := $(call object,$(wildcard tests/escape/probe/*.c))
hygiene_probe := $(call object,$(call find,tests/hygiene/probe,*.c))
calls   := $(call object,$(wildcard tests/calls/*.c))
typist  := $(call object,$(wildcard tests/typist/*.c))
selves  := $(patsubst tests/self/%.c,$B/self/%,$(wildcard tests/self/*.c))
reader_fuzzers := $B/fuzz/source $B/fuzz/rules $B/fuzz/outline
fuzzers := $(filter-out $(if $(grammars_here),,$(reader_fuzzers)),\
    $(patsubst tests/fuzz/%_fuzz.c,$B/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c)))
embedded := $(shell find guest web sql rules -type f 2>/dev/null)

# ---- flags ---------------------------------------------------------------------------------

warnings := -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wstrict-prototypes \
    -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wswitch-enum \
    -Wimplicit-fallthrough -Wnull-dereference $(if $(WERROR),-Werror)
branches = $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),-fcf-protection=$1)
hardening := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
    -fstack-clash-protection $(call branches,full) \
    $(if $(call has,gcc musl),-ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr, \
        -ftrivial-auto-var-init=pattern)
sanitizing := -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
    $(if $(call has,gcc),-fsanitize=bounds-strict) -U_FORTIFY_SOURCE -Wno-null-dereference

language := -std=gnu2x -D_GNU_SOURCE -iquote src -iquote . -iquote $B
# musl's own headers, the compiler's, and of the system's only those of the kernel.
ifneq ($(call has,musl),)
language += -nostdinc -isystem $(subst lib,include,$(musl)) -isystem $(shell gcc -print-file-name=include) \
    -idirafter $B/kernel
endif
compile := $(language) $(warnings) -O2 -g -fPIE -fno-strict-overflow \
    -fno-delete-null-pointer-checks $(if $(call has,asan fuzz),$(sanitizing),$(hardening)) \
    $(if $(call has,fuzz),-fsanitize=fuzzer-no-link) \
    $(if $(call has,test asan fuzz),-DTESTUDO_FAULTS) $(CFLAGS)

sanitizers := $(if $(call has,asan fuzz),-fsanitize=address -fsanitize=undefined)
secure := -Wl,-z,relro,-z,now,-z,noexecstack
# A dynamic program spends 100 µs more in each start, a quarter of the whole; static-pie costs
# nothing measurable over plain static and keeps the address space random.
libraries := -lm
link := $(if $(sanitizers),-pie $(sanitizers),-static-pie) $(secure) $(LDFLAGS)
ifneq ($(call has,musl),)
crt = $(shell gcc -print-file-name=$1)
link += -nostdlib $(musl)/rcrt1.o $(musl)/crti.o $(call crt,crtbeginS.o)
libraries := -L$(musl) -Wl,--start-group -lc -lgcc -lgcc_eh -Wl,--end-group $(call crt,crtendS.o) \
    $(musl)/crtn.o
endif
# Tests may load what the program may not: libseccomp is the second opinion on our filters.
test_link := -pie $(sanitizers) $(secure) $(LDFLAGS)
# `make VERBOSE=1` shows whole commands.
ifeq ($(VERBOSE),)
quiet = @echo '  $1' $@ &&
endif
test_libraries := $(if $(wildcard /usr/include/seccomp.h),-lseccomp)
# The init stands inside every box: no libc, no start-up code, one segment.
init_compile := $(language) $(warnings) -Os -ffreestanding -fno-stack-protector -fno-pie \
    -fno-asynchronous-unwind-tables $(call branches,none) \
    $(if $(call has,test asan fuzz),-DTESTUDO_FAULTS) \
    $(if $(call has,gcc),-fno-tree-loop-distribute-patterns)
init_link := -nostdlib -static -s -Wl,-z,noexecstack,-z,noseparate-code,--build-id=none
init_bytes_max := 16384

# Sections of their own and a small interface: what the module does not use is left out of it.
zygote_cc = $(if $(call has,clang),clang,$(CROSS)gcc)
zygote_compile = -std=gnu2x -D_GNU_SOURCE -iquote src -iquote . $(warnings) -O2 -g -fPIC \
    -fvisibility=hidden -ffunction-sections -fdata-sections -fno-strict-overflow \
    -fno-delete-null-pointer-checks $(hardening) $(if $(call has,test asan fuzz),-DTESTUDO_FAULTS) \
    -isystem $(python_headers)
python_headers = $(shell /usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)

# ---- building ------------------------------------------------------------------------------

all: $B/testudo libexec ## the program, also reachable as build/testudo
	@ln -sfn $V/testudo build/testudo

everything: all ## the program, its tests and test tools, without running them
	@$(MAKE) V=gcc-test programs
clang: ## the same by the second compiler
	@$(MAKE) V=clang build/clang/testudo
	@$(MAKE) V=clang-test programs
programs: $B/testudo $(if $(units),$B/unit) $(if $(grammars_here),$B/unit-reader) $(if $(flow),$B/flow $B/tools/calls $B/tools/typist) $B/faults $B/escape $B/probe $(selves) $(fuzzers)

# What boxes are given to test with: the worker, and what runs beside the code under test.
libexec: $B/libexec/testudo-worker $(if $(grammars_here),$B/libexec/testudo-reader) $B/libexec/clock.so $B/libexec.stamp \
    $(if $(wildcard build/toolbox/esbuild),$B/libexec/toolbox/esbuild)
esbuild: ## fetches from npm what strips types where node does not (TypeScript)
	@tools/esbuild build/toolbox && $(MAKE) libexec
$B/libexec/toolbox/esbuild: build/toolbox/esbuild
	@mkdir -p $(@D) && cp $< $@.new && mv $@.new $@
$B/libexec/testudo-worker: $(worker)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
# The parsers' libraries are of the system's C library, so their program is too.
reader: ## fetches the grammars from npm, and builds what reads sources (testudo check, rules)
	@$(MAKE) build/grammars/fetched && $(MAKE) libexec
ifneq ($(call has,musl),)
$B/libexec/testudo-reader: always
	@$(MAKE) V=gcc build/gcc/libexec/testudo-reader
	@mkdir -p $(@D)
	@cmp -s build/gcc/libexec/testudo-reader $@ || cp build/gcc/libexec/testudo-reader $@
else
$B/libexec/testudo-reader: $(reader) $(grammars) $B/zygote.a
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(link) -Wl,--gc-sections -o $@ $^ $(parsing) $(libraries)
endif
build/grammars/fetched: tools/grammars tools/grammars.lock
	@tools/grammars build/grammars && touch $@
build/grammars/%.a: build/grammars/fetched
	$(call quiet,CC  )cd build/grammars/$* && for part in src/*.c; do \
	    $(CROSS)gcc -std=gnu11 -O2 -fPIE -fstack-protector-strong -w -I src -c -o $${part%.c}.o $$part || exit; done
	@rm -f $@ && $(CROSS)ar rcs $@ build/grammars/$*/src/*.o
# Preloaded into the system's interpreter: of the system's C library.
$B/libexec/clock.so: guest/preload/clock.c $B/flags
	@mkdir -p $(@D)
	$(call quiet,CC  )$(zygote_cc) -std=gnu2x $(warnings) -O2 -fPIC -shared $(secure) -s -o $@ $<
$B/libexec.stamp: $(aids) $(wildcard rules/*.yaml policies/*.yaml) tools/libexec
	@tools/libexec guest/python $B/libexec && touch $@

$B/testudo: $(program)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
$B/unit: $(units) $(harness) $(modules)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries) $(test_libraries)
$B/unit-reader: $(reader_units) $(harness) $(modules) $(call object,$(filter-out src/worker/reader.c,$(reads))) $(grammars)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(parsing) $(libraries) $(test_libraries)
$B/flow: $(flow) $(base)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries)
$B/faults: $(faults) $(base)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries)
$B/escape: $(escape) $(base) $(call object,$(filter src/sys/%,$(sources)))
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries)
# It must run in images that hold nothing else.
$B/probe: $(probe) $(base)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
$B/hygiene-probe: $(hygiene_probe)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
# Runs inside boxes, so it brings everything along.
$B/tools/calls: $(calls) $(base) $(call object,src/sys/seccomp.c src/sys/seccomp_emit.c)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
$B/tools/typist: $(typist) $(base)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)
$B/self/replay: $(call object,tests/self/replay.c tests/fuzz/driver.c) $(base)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries)
$B/self/%: $B/obj/tests/self/%.c.o $(harness) $(base)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(test_link) -o $@ $^ $(libraries)
$(reader_fuzzers): $(call object,$(filter-out src/worker/reader.c,$(reads))) $(grammars)
$B/fuzz/%: $B/obj/tests/fuzz/%_fuzz.c.o $(modules) \
        $(if $(call has,fuzz),,$(call object,tests/fuzz/driver.c))
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(test_link) $(if $(call has,fuzz),-fsanitize=fuzzer) -o $@ $^ \
	    $(if $(filter $@,$(reader_fuzzers)),$(parsing)) $(libraries)

# A zygote's native module: loaded by the system's interpreter, so always of the system's C library.
# Two of them: with the mother that gives birth into boxes, and with the conformance runner's.
$B/zygote-python.so: $(zygote) $B/zygote.a
$B/zygote-python-plain.so: $(zygote) $B/zygote.obj/tests/conformance/plain_mother.c.o $B/zygote.a
$B/zygote-%.so:
	$(call quiet,LINK)$(zygote_cc) -shared $(secure) -Wl,--gc-sections -Wl,--exclude-libs,ALL -s -o $@ $^
# What parked runtimes wait in; it is loaded by the system's programs, too.
$B/parked.so: $B/zygote.obj/guest/parked/take.c.o
	$(call quiet,LINK)$(zygote_cc) -shared $(secure) -Wl,-z,noseparate-code -s -o $@ $^
# The parked virtual machine's classes go on the boot loader's path; only a JDK can make them, and
# without one no virtual machine is parked.
junit := /usr/share/java/junit4.jar
$B/parked.jar: guest/java/Parked.java guest/java/WarmTests.java
	@rm -rf $B/parked.obj && mkdir -p $B/parked.obj
ifneq ($(shell command -v javac),)
	$(call quiet,JAVAC)javac -d $B/parked.obj --add-exports java.base/jdk.internal.access=ALL-UNNAMED \
	    --add-exports java.base/jdk.internal.vm.annotation=ALL-UNNAMED $<
	@if [ -f $(junit) ]; then mkdir -p $B/parked.tests && \
	    javac -d $B/parked.tests -cp $(junit) guest/java/WarmTests.java && \
	    mv $B/parked.tests/org/junit/runner/WarmTests.class $B/parked.obj/WarmTests.bytes; fi
	@jar cf $@ -C $B/parked.obj .
else
	@: > $@
endif
$B/zygote.a: $(zygote_parts)
	$(call quiet,AR  )rm -f $@ && ar rcs $@ $^
$B/zygote.obj/%.c.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call quiet,CC  )$(zygote_cc) $(zygote_compile) -MMD -MP -c -o $@ $<
$B/zygote.obj/%.S.o: %.S $(embedded)
	@mkdir -p $(@D)
	$(call quiet,CC  )$(zygote_cc) -I. -c -o $@ $<

$B/init: $(init)
	$(call quiet,LINK)$(CC) $(init_link) -o $@ $^
	@test $$(stat -c %s $@) -le $(init_bytes_max) || \
	    { echo "$@ is larger than $(init_bytes_max) bytes"; exit 1; }

$B/obj/%.c.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call quiet,CC  )$(CC) $(compile) -MMD -MP -c -o $@ $<
# Assembly files embed the init and data files with .incbin, which leaves no dependency behind.
$B/obj/%.S.o: %.S $B/flags $(if $(init),$B/init) $B/zygote-python.so $B/parked.so $B/parked.jar $(embedded)
	@mkdir -p $(@D)
	$(call quiet,CC  )$(CC) $(language) -I$B -I. -DINIT_FILE='"$B/init"' -DZYGOTE_PYTHON_FILE='"$B/zygote-python.so"' \
	    -DPARKED_LIBRARY='"$B/parked.so"' -DPARKED_CLASSES='"$B/parked.jar"' -g -MMD -MP -c -o $@ $<
$B/init.obj/%.c.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call quiet,CC  )$(CC) $(init_compile) -MMD -MP -c -o $@ $<

# Other flags or another Makefile mean other objects.
all_flags = $(CC) $(compile) $(link) $(init_compile) $(init_link)
$B/flags: Makefile always
	@mkdir -p $(@D)
	@$(if $(call has,musl),mkdir -p $B/kernel && ln -sfn /usr/include/linux $B/kernel/linux && \
	    ln -sfn /usr/include/asm-generic $B/kernel/asm-generic && \
	    ln -sfn /usr/include/$$(gcc -dumpmachine)/asm $B/kernel/asm)
	@echo '$(all_flags)' | cmp -s - $@ || echo '$(all_flags)' > $@

-include $(shell test -d $B && find $B -name '*.d')

# ---- proving -------------------------------------------------------------------------------

guest: ## the test generator's guest: its protocol, nasty code, the transform, with the Pythons that are here
	tests/guest/run

test: ## unit tests (T=part of a name or file)
	@$(MAKE) V=gcc-test run-unit
test-asan: ## unit tests under the sanitizers
	@$(MAKE) V=gcc-asan run-unit
run-unit: $B/unit
	$< $(if $T,'$T')
test-reader: ## unit tests of what reads sources (make reader comes first)
	@$(MAKE) V=gcc-test run-unit-reader
test-reader-asan: ## the same under the sanitizers
	@$(MAKE) V=gcc-asan run-unit-reader
run-unit-reader: $B/unit-reader
	$< $(if $T,'$T')

flow: all ## scenarios through the real program, as root and as a plain user (T=part of a sentence or file)
	@$(MAKE) V=gcc-test build/gcc-test/testudo build/gcc-test/flow $(addprefix build/gcc-test/tools/,calls typist)
	build/gcc-test/flow --program $B/testudo --faults build/gcc-test/testudo --tools build/gcc-test/tools \
	    --as both $(if $T,--only '$T') tests/flow
deps-live: all ## real packages from PyPI, npm and Maven Central, twice: figures of installing and of finding
	tests/registry/live $B/testudo
flow-asan: ## the same scenarios through the sanitized program
	@$(MAKE) V=gcc-test $(addprefix build/gcc-test/tools/,calls typist)
	@$(MAKE) V=gcc-asan run-flow
run-flow: $B/testudo $B/flow libexec
	$B/flow --program $B/testudo --faults $B/testudo --tools build/gcc-test/tools $(if $T,--only '$T') tests/flow

faults: all ## planned deaths and refusals at every step of a run (T=part of a name, LONG=1, SEED=n)
	@$(MAKE) V=gcc-test build/gcc-test/faults
	build/gcc-test/faults --program $B/testudo $(if $T,--only '$T') $(if $(LONG),--long) \
	    $(if $(SEED),--seed $(SEED))

escape: all $B/probe ## every attack, every way into a box (T=part of an attack's name, W=way, EVERY=n of the parked)
	@$(MAKE) V=gcc-test build/gcc-test/escape
	build/gcc-test/escape --program $B/testudo --probe $B/probe $(if $T,--only '$T') $(if $W,--way '$W') $(if $(EVERY),--parked-every $(EVERY))

hygiene: all $B/hygiene-probe ## a slot shows nothing of its last box: dirtying runs and censuses in turns (N=60, SEED=n)
	tests/hygiene/hygiene --program $B/testudo --probe $B/hygiene-probe $(if $N,--alternations $N) $(if $(SEED),--seed $(SEED))

soak: all ## many runs through one broker, one in ten hostile: right verdicts, no growth (N=3000, SEED=n, JOBS=n)
	tests/soak/soak --program $B/testudo $(if $N,--runs $N) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS))

escape_all = build/gcc-test/escape --program $B/testudo --probe $B/probe --faults build/gcc-test/testudo
controls: all $B/probe ## without the layers that stop it each attack must work (T=part of a name)
	@$(MAKE) V=gcc-test build/gcc-test/escape build/gcc-test/testudo
	$(escape_all) --controls $(if $T,--only '$T',--documented docs/attacks.md)
attacks-doc: all $B/probe ## docs/attacks.md, from a run of all attacks and controls
	@$(MAKE) V=gcc-test build/gcc-test/escape build/gcc-test/testudo
	@mkdir -p docs
	$(escape_all) --document docs/attacks.md

# All that goes into the machine.
vm-programs: all $B/probe
	@$(MAKE) V=gcc-test $(patsubst %,build/gcc-test/%,testudo flow unit escape)
vm-check: vm-programs ## units, flows and attacks in a virtual machine that has cgroup v2 alone (T=part of a suite's name)
	tests/vm/run $B/testudo build/gcc-test $(if $T,'$T')

vm-self: vm-programs ## does vm-check notice failures, panics, hangs and forgeries in its machine?
	tests/vm/self $B/testudo build/gcc-test

self: ## tests of the test tools themselves: each must notice what is planted
	@$(MAKE) V=gcc-test run-self
run-self: $B/flow $(selves)
	tests/self/run $B

lint: all ## layers, banned functions, headers, format, scripts, size and links of the program
	tools/lint $B/testudo

runtime-calls: ## has a runtime of this machine begun to make a system call that boxes refuse? (ONLY=python)
	tests/runtime-calls/observe $(if $(ONLY),--only '$(ONLY)')

# conformance plays LANG's corpus, or all that this machine has the languages for
conformance: all $B/zygote-python-plain.so ## the same result in every way of running (LANG_ONLY=python T=part of a name EVERY=n)
	tests/conformance/all $B $(LANG_ONLY) $(if $T,--only '$T') $(if $(EVERY),--every $(EVERY))

fuzz: ## one parser under libFuzzer (T=name, S=seconds); finds join its corpus
	@test -n '$T' || { echo 'which one? make fuzz T=name S=seconds'; exit 2; }
	@$(MAKE) V=clang-fuzz build/clang-fuzz/fuzz/$T
	@mkdir -p tests/fuzz/corpus/$T
	build/clang-fuzz/fuzz/$T -max_total_time=$(or $S,60) -timeout=5 \
	    $(addprefix -dict=,$(wildcard tests/fuzz/$T.dict)) \
	    -artifact_prefix=build/clang-fuzz/fuzz/$T- tests/fuzz/corpus/$T
fuzz-corpus: ## each saved input once through its parser, under the sanitizers
	@$(MAKE) V=gcc-asan run-corpus
run-corpus: $(fuzzers)
	tools/fuzz-corpus $^

# What a plain user may not be able to have; accepted, so that only the workload's output is there.
rootless := $(patsubst %,--accept-missing %,memory cpus processes cpu)
bench: all $B/bench ## us against the bare command and other sandboxes (QUICK=1, JSON=file, ROUNDS=n)
	$B/bench --us '$B/testudo run --' --script '$B/testudo run' \
	    --plain '$B/testudo run $(rootless) --' --plain-script '$B/testudo run $(rootless)' $(if $(QUICK),--quick) \
	    $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(JSON),--json '$(JSON)')
	bench/warm $B/testudo --seconds $(if $(QUICK),30,240)
	bench/outline $B/testudo $(if $(QUICK),--rounds 1)
	bench/check $B/testudo $(if $(QUICK),--rounds 50)
$B/bench: $(call object,$(wildcard bench/*.c) $(filter src/base/% src/sys/%,$(sources)))
	$(call quiet,LINK)$(CC) $(link) -o $@ $^ $(libraries)

# The outside judge of generated tests; what it fetches and makes is kept in its state folder.
testgen_state := $(or $(STATE),build/bench-testgen)
testgen = PYTHONPATH=bench /usr/bin/python3 -m testgen --state '$(testgen_state)' --program $B/testudo \
    $(if $(SUBJECTS),--subjects '$(SUBJECTS)') $(if $(ONLY),--only '$(ONLY)') $(if $(JOBS),--jobs $(JOBS))
bench-testgen: all ## generated tests, judged: us, Pynguin, own suites (SUBJECTS=dir TOOLS= BUDGET=30 SEEDS=1,2,3 ONLY= JOBS= JSON=)
	$(testgen) $(if $(TOOLS),--tools '$(TOOLS)') --budget $(or $(BUDGET),30) --seeds '$(or $(SEEDS),1)' \
	    --modules $(if $(JSON),--json '$(JSON)')
bench-testgen-clones: all ## renamed clones of the subjects, as subjects (CLONES=dir)
	$(testgen) --clones '$(or $(CLONES),$(testgen_state)/clones)'
bench-testgen-speed: ## executions and judged mutants a second, beside mutmut and cosmic-ray (ROUNDS=3)
	PYTHONPATH=bench /usr/bin/python3 -m testgen.speed --state '$(testgen_state)' --rounds $(or $(ROUNDS),3)
bench-testgen-check: ## tests of that judge: what is planted must be found
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider bench/testgen/tests

# ---- housekeeping --------------------------------------------------------------------------

fmt: ## lays out all C files
	find src init tests guest -name '*.[ch]' -exec clang-format -i {} +
sizes: ## longest files and functions, and the size of the program
	tools/sizes
install: all ## copies the program to PREFIX (/usr/local), below DESTDIR
	install -D -m 755 -s $B/testudo $(DESTDIR)$(PREFIX)/bin/testudo
	mkdir -p $(DESTDIR)$(PREFIX)/libexec/testudo
	cp -R $B/libexec/. $(DESTDIR)$(PREFIX)/libexec/testudo/
uninstall: ## takes it away again
	rm -f $(DESTDIR)$(PREFIX)/bin/testudo
	rm -rf $(DESTDIR)$(PREFIX)/libexec/testudo
clean: ## removes build/
	rm -rf build
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

.PHONY: all libexec reader esbuild everything clang programs clean help always
.PHONY: test test-asan run-unit test-reader test-reader-asan run-unit-reader flow flow-asan run-flow self run-self lint fmt sizes
.PHONY: deps-live guest faults hygiene soak escape controls attacks-doc vm-programs vm-check vm-self conformance
.PHONY: fuzz fuzz-corpus run-corpus install uninstall
.PHONY: bench bench-testgen bench-testgen-clones bench-testgen-check bench-testgen-speed
always:
