#!/usr/bin/env bash
# compiled.sh · emitted C of random pairs, compiled and run under sanitizers, many to a translation unit
#
#   tests/fuzz/compiled.sh FUZZ SEED COUNT [TARGET]     FUZZ: the program that CMake builds
#
# Seeds SEED .. SEED+COUNT-1; the pairs that are accepted and right in the interpreters are compiled by gcc and clang as the
# strictest users would, and run on their data, with and without OpenMP: under ASan and UBSan, and for
# the generic target under TSan (which sees accesses of up to 16 bytes only). TARGET: generic, avx2, avx512; else what this
# processor runs best. KEEP=DIR keeps the files. Compilers and sanitizers that the machine lacks are skipped. Exit code: 0 right,
# 1 wrong, 77 the processor lacks TARGET. More than 200 seeds are compiled without sanitizers, too.
set -euo pipefail
fuzz=$1 seed=$2 count=$3 target=${4:-}
cd "$(dirname "$0")/../.."
export LC_ALL=C OMP_WAIT_POLICY=passive UBSAN_OPTIONS=print_stacktrace=1

has() { grep -qw "$1" /proc/cpuinfo 2>/dev/null; }
[ -n "$target" ] || target=$(has avx2 && has fma && echo avx2 || echo generic)
case $target in
generic) flags=() ;;
avx2) flags=(-mavx2 -mfma); has avx2 && has fma || exit 77 ;;
avx512) flags=(-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma); has avx512f && has avx512vl || exit 77 ;;
*) echo "no target is called $target"; exit 1 ;;
esac

dir=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"
"$fuzz" --emit "$dir" --seed "$seed" --count "$count" --target "$target"
names=$(sed -n 's/MODEL(\(.*\))/\1/p' "$dir/models.inc")
[ -n "$names" ] || { echo "no pair was accepted"; exit 1; }
failed=0

# One file of many models: what each names at file level gets its name in front, so that they do not meet.
# Headers come first, before any name is taken.
unit() {
	local name
	echo '#define _GNU_SOURCE'                     # pinned threads; a file of its own says so before its headers
	printf '#include <%s>\n' math.h stddef.h stdint.h stdlib.h string.h sched.h
	printf '#ifdef _OPENMP\n#include <omp.h>\n#endif\n#include "rnn_model.h"\n'
	for name; do
		sed -n -e 's/^\(static .*\|\)struct \([a-z_0-9]*\) {$/\2/p;t' \
			-e 's/^typedef .* \([a-z_0-9]*\)\( __attribute__.*\)\{0,1\};.*/\1/p;t' \
			-e 's/^static \(__attribute__(([a-z, ]*)) \)\{0,1\}[^(=[]*[ *]\([A-Za-z_0-9]*\)[(=[ ].*/\2/p' "$dir/$name.c" |
			sed 's/^barrier$/step_barrier/' | sort -u >"$dir/$name.names"
		printf '#include "%s.h"\n' "$name"
		sed "s/.*/#define & ${name}_&/" "$dir/$name.names"
		printf '#line 1 "%s.c"\n' "$name"
		sed 's/\<barrier(/step_barrier(/' "$dir/$name.c"  # omp barrier keeps its name
		sed 's/.*/#undef &/' "$dir/$name.names"
	done
}
units=()
while read -r -a some; do
	unit "${some[@]}" >"$dir/unit${#units[@]}.c"
	units+=("unit${#units[@]}")
done < <(xargs -n 13 <<<"$names")

# build LABEL COMPILER FLAG...: a unit that does not compile is taken apart, so that the model has a name
build() {
	local label=$1 cc=$2 name
	shift 2
	if ! "$cc" "$@" -x c - -o "$dir/try" 2>/dev/null <<<'int main(void) { return 0; }'; then
		echo "$label: skipped, this machine has no $cc $*"
		return
	fi
	mkdir -p "$dir/$label"
	set -- -std=c11 -Wall -Wextra -Werror -pedantic -ffp-contract=off "${flags[@]}" -Iruntime "-I$dir" "$@"
	printf '%s\n' "${units[@]}" | xargs -P "$(nproc)" -I @unit@ sh -c 'u=$1 o=$2; shift 2; "$@" -c "$u.c" -o "$o.o" 2>"$o.log" || :' \
		sh "$dir/@unit@" "$dir/$label/@unit@" "$cc" "$@"
	for name in "${units[@]}"; do
		[ -e "$dir/$label/$name.o" ] && continue
		echo "$label: $name does not compile:"
		head -5 "$dir/$label/$name.log"
		failed=1
		return
	done
	$cc "$@" tests/fuzz/host.c "$dir/$label"/unit*.o -o "$dir/$label/host" -lm -pthread
}

# run LABEL [COMMAND...]
run() {
	local label=$1
	shift
	[ -e "$dir/$label/host" ] || return 0
	if "$@" "$dir/$label/host" "$dir" >"$dir/$label/log" 2>&1; then
		echo "$label: $(tail -1 "$dir/$label/log")"
	else
		echo "$label:"
		grep -v '^m[0-9]*$' "$dir/$label/log" | head -30 || true
		grep '^m[0-9]*$' "$dir/$label/log" | tail -1 || true
		failed=1
	fi
}

if [ "$count" -gt 200 ]; then                  # a full run, not CI's: e2e tests have the same without sanitizers
	build gcc gcc -O2 -fopenmp
	run gcc
	build clang clang -O3 -fno-math-errno -fopenmp
	run clang
fi
build gcc.asan gcc -g0 -O0 -fsanitize=address         # UBSan is clang's: in gcc it doubles the time
run gcc.asan
build clang.asan clang -g0 -O0 -fsanitize=address,undefined,float-divide-by-zero -fno-sanitize-recover=all -fopenmp
run clang.asan
if [ "$target" = generic ]; then
	export TSAN_OPTIONS=ignore_noninstrumented_modules=1
	build clang.tsan clang -g0 -O0 -fsanitize=thread -fopenmp
	command=()
	if ! "$dir/clang.tsan/host" >"$dir/log" 2>&1 && grep -q 'unexpected memory mapping' "$dir/log"; then
		command=(setarch "$(uname -m)" -R)     # clang 14's TSan wants its addresses where newer kernels do not put them
	fi
	run clang.tsan "${command[@]}"
fi
exit $failed
