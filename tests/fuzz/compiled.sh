#!/usr/bin/env bash
# compiled.sh · emitted C of random pairs, compiled and run under sanitizers
#
#   tests/fuzz/compiled.sh FUZZ SEED COUNT [TARGET]     FUZZ: the program that CMake builds
#
# Seeds SEED .. SEED+COUNT-1; the pairs that are accepted and right in the interpreters are compiled by gcc and clang as the
# strictest users would, and run on their data, with and without OpenMP: without sanitizers, under ASan and UBSan, and for
# the generic target under TSan (which sees accesses of up to 16 bytes only). TARGET: generic, avx2, avx512; else what this
# processor runs best. KEEP=DIR keeps the files. Exit code: 0 right, 1 wrong, 77 the processor lacks TARGET.
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

# build LABEL COMPILER FLAG...: every model an object, so that one that does not compile has a name
build() {
	local label=$1 cc=$2 name objects=()
	shift 2
	mkdir -p "$dir/$label"
	set -- -std=c11 -Wall -Wextra -Werror -pedantic -ffp-contract=off "${flags[@]}" -Iruntime "-I$dir" "$@"
	: >"$dir/$label/models.inc"
	for name in $names; do
		if $cc "$@" -c "$dir/$name.c" -o "$dir/$label/$name.o" 2>"$dir/$label/$name.log"; then
			objects+=("$dir/$label/$name.o")
			echo "MODEL($name)" >>"$dir/$label/models.inc"
		else
			echo "$label: $name does not compile:"
			head -5 "$dir/$label/$name.log"
			failed=1
		fi
	done
	$cc "-I$dir/$label" "$@" tests/fuzz/host.c "${objects[@]}" -o "$dir/$label/host" -lm -pthread
}

# run LABEL [COMMAND...]
run() {
	local label=$1
	shift
	if "$@" "$dir/$label/host" "$dir" >"$dir/$label/log" 2>&1; then
		echo "$label: $(tail -1 "$dir/$label/log")"
	else
		echo "$label:"
		grep -v '^m[0-9]*$' "$dir/$label/log" | head -30 || true
		grep '^m[0-9]*$' "$dir/$label/log" | tail -1 || true
		failed=1
	fi
}

build gcc gcc -O2 -fopenmp
run gcc
build clang clang -O3 -fno-math-errno -fopenmp
run clang
build gcc.asan gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
run gcc.asan
build clang.asan clang -g -O1 -fsanitize=address,undefined,float-divide-by-zero -fno-sanitize-recover=all -fopenmp
run clang.asan
if [ "$target" = generic ]; then
	export TSAN_OPTIONS=ignore_noninstrumented_modules=1
	build clang.tsan clang -g -O1 -fsanitize=thread -fopenmp
	command=()
	if ! "$dir/clang.tsan/host" >"$dir/log" 2>&1 && grep -q 'unexpected memory mapping' "$dir/log"; then
		command=(setarch "$(uname -m)" -R)     # clang 14's TSan wants its addresses where newer kernels do not put them
	fi
	run clang.tsan "${command[@]}"
fi
exit $failed
