# maths.cmake · compile the support text of every target for test_maths and maths_ulp, and try it on each compiler
#
# For tests/CMakeLists.txt. Needs rnngen_core, cmocka and an x86-64 compiler.

set(maths_flags_generic "")
set(maths_flags_avx2 -mavx2 -mfma)
set(maths_flags_avx512 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma)

add_executable(maths_gen ${CMAKE_CURRENT_LIST_DIR}/maths_gen.c)
target_link_libraries(maths_gen PRIVATE rnngen_core)

set(maths_objects "")
foreach(target generic avx2 avx512)
foreach(ulp 4 1)
	set(name ${target}_${ulp}ulp)
	set(file ${CMAKE_CURRENT_BINARY_DIR}/maths_${name}.c)
	add_custom_command(OUTPUT ${file} COMMAND maths_gen ${target} ${ulp} > ${file} DEPENDS maths_gen)
	add_library(maths_${name} OBJECT ${file})
	target_include_directories(maths_${name} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
	target_compile_options(maths_${name} PRIVATE -O2 ${maths_flags_${target}})
	list(APPEND maths_objects $<TARGET_OBJECTS:maths_${name}>)

	# as C11 and, with OpenMP, as C++17; warnings are errors
	foreach(compiler gcc clang)
		find_program(maths_${compiler} ${compiler})
		if(NOT maths_${compiler})
			continue()
		endif()
		set(strict ${maths_flags_${target}} -O1 -Wall -Wextra -Werror -pedantic -I${CMAKE_CURRENT_LIST_DIR}
			-c ${file} -o /dev/null)
		rnngen_test(unit.text.${name}.${compiler}.c unit ${maths_${compiler}} -x c -std=c11 ${strict})
		rnngen_test(unit.text.${name}.${compiler}.cpp unit ${maths_${compiler}} -x c++ -std=c++17 -fopenmp ${strict})
	endforeach()
endforeach()
endforeach()

# avx512 once more, for processors without it, where SIMDe is installed: see emulated/immintrin.h. SIMDe with sanitizers takes a
# minute to compile.
find_path(simde_h simde/x86/avx512.h)
set(maths_emulated "")
if(simde_h)
	foreach(ulp 4 1)
		set(name avx512_emulated_${ulp}ulp)
		set(file ${CMAKE_CURRENT_BINARY_DIR}/maths_${name}.c)
		add_custom_command(OUTPUT ${file} COMMAND maths_gen avx512 ${ulp} avx512_emulated > ${file} DEPENDS maths_gen)
		add_library(maths_${name} OBJECT ${file})
		target_include_directories(maths_${name} PRIVATE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/emulated)
		target_compile_options(maths_${name} PRIVATE -O2 -fno-sanitize=all @${CMAKE_CURRENT_LIST_DIR}/emulated/flags)
		list(APPEND maths_emulated $<TARGET_OBJECTS:maths_${name}>)
	endforeach()
endif()

add_executable(test_maths ${CMAKE_CURRENT_LIST_DIR}/unit/test_maths.c ${maths_objects})
target_include_directories(test_maths PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(test_maths PRIVATE rnngen_core PkgConfig::CMOCKA)
rnngen_test(unit.maths unit test_maths)

# errors over all floats (a sample as a test) and speed; SLEEF beside ours where it is installed
find_path(maths_sleef_h sleef.h)
find_library(maths_sleef sleef)
foreach(program maths_ulp maths_speed)
	add_executable(${program} ${CMAKE_CURRENT_LIST_DIR}/${program}.c ${maths_objects})
	target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
	target_link_libraries(${program} PRIVATE rnngen_core m)
	if(maths_sleef_h AND maths_sleef AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
		target_sources(${program} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/maths_sleef.c)
		target_compile_definitions(${program} PRIVATE MATHS_SLEEF)
		target_link_libraries(${program} PRIVATE ${maths_sleef})
	endif()
endforeach()
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/maths_sleef.c PROPERTIES COMPILE_OPTIONS "-O2;-mavx2;-mfma")
target_compile_options(maths_ulp PRIVATE -O3)
if(maths_emulated)
	foreach(program test_maths maths_ulp)
		target_sources(${program} PRIVATE ${maths_emulated})
		target_compile_definitions(${program} PRIVATE MATHS_EMULATED)
	endforeach()
endif()
rnngen_test(unit.maths-ulp unit maths_ulp sample)
