#!/usr/bin/env bash
# alloc.sh · every allocation of a compilation fails once: ./alloc.sh BUILD [all | DENSE STRIDE]
#
# BUILD/attack/alloc is rnngen with alloc.c (see hostile). It compiles a small model with a schedule, first to count allocations, then with the
# n-th failing: each of the first and last DENSE, and of the rest every STRIDE-th (a prime, so that it meets all
# places); `all` takes every one. Each must end with exit code 3 and say so in one line, without a report of a
# sanitizer, and leave no part of a file: nothing, or files that are complete. Memory that could not be made smaller
# stays as it is; then the compilation succeeds.
# Exit code: 0 all did, 1 one did not, 77 clang or libFuzzer is missing.
set -euo pipefail
build=$(realpath "$1")
alloc=$build/attack/alloc
dense=${2:-150} stride=${3:-97}
cd "$(dirname "$0")/../.."
tests/attack/hostile "$build" alloc || exit
export LC_ALL=C ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

args=(models/lstm.lua schedules/lstm.small-batch.lua --set H=16 --set X=8 --target generic)
ALLOC_COUNT=$tmp/count "$alloc" "${args[@]}" -o "$tmp/whole"
n=$(cat "$tmp/count")
[ "$dense" != all ] || dense=$n stride=1

# The points, shared out among as many workers as there are processors.
points() { awk -v n="$n" -v dense="$dense" -v stride="$stride" \
	'BEGIN { for (i = 1; i <= n; i++) if (i <= dense || i > n - dense || i % stride == 0) print i }'; }

worker() {
	local dir=$tmp/$1 i code file
	while read -r i; do
		code=0
		ALLOC_FAIL=$i "$alloc" "${args[@]}" -o "$dir" >"$dir.out" 2>"$dir.err" || code=$?
		if [ $code = 0 ] && [ ! -s "$dir.err" ] && diff -r "$tmp/whole" "$dir" >/dev/null; then
			rm -rf "$dir"
			continue
		fi
		if [ $code != 3 ] || [ -s "$dir.out" ] || ! grep -q '^rnngen: out of memory ([0-9]* bytes wanted)$' "$dir.err" ||
			[ "$(wc -l <"$dir.err")" != 1 ]; then
			echo "allocation $i of $n: exit code $code"
			head -n 40 "$dir.err"
			touch "$tmp/bad"
		fi
		for file in "$dir"/*; do
			if [ -e "$file" ] && ! cmp -s "$file" "$tmp/whole/$(basename "$file")"; then
				echo "allocation $i of $n leaves $(basename "$file")"
				touch "$tmp/bad"
			fi
		done
		rm -rf "$dir"
	done
}
workers=$(nproc)
for ((w = 0; w < workers; w++)); do
	points | awk -v w=$w -v k="$workers" 'NR % k == w' | worker $w &
done
wait
echo "$(points | wc -l) of $n allocations failed"
[ ! -e "$tmp/bad" ]
