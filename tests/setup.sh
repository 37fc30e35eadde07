# setup.sh · what building and testing need, installed where it is missing; for models/demo and tests/run to source
#
#   setup cc clang cmake ...                      names of rows of the table below: what has to be there
#   wish simde "without it ..."                   what need not be
#   build_in build/release Release [TARGET...]    configures and builds
#
# What is there is found by looking, not by asking a package manager, so any system that has it will do. What is missing
# is installed with apt-get, as root or through a sudo that asks no password; where that cannot be, the command is printed
# for a person to run, and the script stops. A second run only looks.

has() { command -v "$1" >/dev/null; }
has_lib() { has pkg-config && pkg-config --exists "$1"; }
compiles() { has "$1" && echo "#include <$2>" | "$1" ${3:-} -x c -fsyntax-only - 2>/dev/null; }    # COMPILER HEADER [FLAG]
has_runtime() { has clang && { [ -e "$(clang -print-file-name="libclang_rt.$1-$(uname -m).a")" ] ||
                               [ -e "$(clang -print-runtime-dir)/libclang_rt.$1.a" ]; }; }
has_cmake() { has cmake && printf '3.22\n%s\n' "$(cmake --version | sed -n '1s/[^0-9]*//p')" | sort -V -C; }

needs=(
	# need       Debian packages     what it is              how to see it
	"cc        ; gcc libc6-dev     ; a C compiler          ; compiles cc stdio.h"
	"gcc       ; gcc libc6-dev     ; gcc with OpenMP       ; compiles gcc omp.h -fopenmp"
	"g++       ; g++               ; g++                   ; has g++"
	"clang     ; clang libc6-dev   ; clang                 ; compiles clang stdio.h"
	"clang-omp ; clang libomp-dev  ; clang with OpenMP     ; compiles clang omp.h -fopenmp"
	"clang-rt  ; libclang-rt-dev   ; clang's sanitizers    ; has_runtime asan && has_runtime tsan"
	"cmake     ; cmake             ; CMake 3.22 or newer   ; has_cmake"
	"make      ; ninja-build       ; Ninja or make         ; has ninja || has make"
	"pkg       ; pkg-config        ; pkg-config            ; has pkg-config"
	"lua       ; liblua5.4-dev     ; Lua 5.4               ; has_lib lua5.4"
	"jansson   ; libjansson-dev    ; jansson               ; has_lib jansson"
	"zlib      ; zlib1g-dev        ; zlib                  ; has_lib zlib"
	"hwloc     ; libhwloc-dev      ; hwloc                 ; has_lib hwloc"
	"cmocka    ; libcmocka-dev     ; cmocka                ; has_lib cmocka"
	"dnnl      ; libdnnl-dev       ; oneDNN                ; compiles cc oneapi/dnnl/dnnl.h"
	"simde     ; libsimde-dev      ; SIMDe                 ; compiles cc simde/x86/mmx.h"
)

# look NEED...: fills `missing` (for people) and `packages` (for apt-get) with what is not there.
look() {
	local row need debs what see deb
	missing='' packages=()
	for row in "${needs[@]}"; do
		IFS=';' read -r need debs what see <<<"$row"
		[[ " $* " == *" ${need// /} "* ]] || continue
		eval "$see" && continue
		what=${what# }
		missing+=${missing:+, }${what%"${what##*[! ]}"}
		for deb in $debs; do
			[[ " ${packages[*]} " == *" $deb "* ]] || packages+=("$deb")
		done
	done
}

setup() {
	local as=() apt log
	look "$@"
	[ "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || as=(sudo)
	apt="install -y --no-install-recommends ${packages[*]}"
	echo "$0: not found: $missing" >&2
	if ! has apt-get; then
		echo "$0: install them and run this again; Debian calls them: ${packages[*]}" >&2
		exit 1
	elif [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		echo "$0: this account may not install; run, then run this again:" >&2
		echo "    sudo apt-get update && sudo apt-get $apt" >&2
		exit 1
	fi
	echo "$0: installing ${packages[*]}" >&2
	log=$(mktemp)
	# The lists of packages may be there already; if not, or if they are old, fetch them.
	if ! "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get $apt >"$log" 2>&1 &&
	   ! { "${as[@]}" apt-get update && "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get $apt; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		echo "$0: that failed; run, then run this again:" >&2
		echo "    ${as[*]:+sudo }apt-get update && ${as[*]:+sudo }apt-get $apt" >&2
		exit 1
	fi
	rm -f "$log"
	look "$@"
	[ "$missing" ] || return 0
	echo "$0: still not found: $missing; is another one earlier in PATH, or is the system's too old?" >&2
	exit 1
}

# wish NEED WHY: something that can be done without
wish() {
	(setup "$1") || echo "$0: $2" >&2
}

# What cmake says is of interest only where it fails.
build_in() {
	local dir=$1 type=$2 log=$1/build.log generator=()
	shift 2
	mkdir -p "$dir"
	if [ ! -e "$dir/CMakeCache.txt" ]; then
		echo "$0: building $dir" >&2
		! has ninja || generator=(-G Ninja)
	fi
	if ! { cmake -S . -B "$dir" "${generator[@]}" -DCMAKE_BUILD_TYPE="$type" &&
	       cmake --build "$dir" --parallel "$(nproc)" ${1:+--target "$@"}; } >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "$0: $dir is not built; see $log" >&2
		exit 1
	fi
}
