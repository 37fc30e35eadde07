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
	set(file ${CMAKE_CURRENT_BINARY_DIR}/maths_${target}.c)
	add_custom_command(OUTPUT ${file} COMMAND maths_gen ${target} > ${file} DEPENDS maths_gen)
	add_library(maths_${target} OBJECT ${file})
	target_include_directories(maths_${target} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
	target_compile_options(maths_${target} PRIVATE -O2 ${maths_flags_${target}})
	list(APPEND maths_objects $<TARGET_OBJECTS:maths_${target}>)

	# as C11 and, with OpenMP, as C++17; warnings are errors
	foreach(compiler gcc clang)
		find_program(maths_${compiler} ${compiler})
		if(NOT maths_${compiler})
			continue()
		endif()
		set(strict ${maths_flags_${target}} -O1 -Wall -Wextra -Werror -pedantic -I${CMAKE_CURRENT_LIST_DIR}
			-c ${file} -o /dev/null)
		rnngen_test(unit.text.${target}.${compiler}.c unit ${maths_${compiler}} -x c -std=c11 ${strict})
		rnngen_test(unit.text.${target}.${compiler}.cpp unit ${maths_${compiler}} -x c++ -std=c++17 -fopenmp ${strict})
	endforeach()
endforeach()

add_executable(test_maths ${CMAKE_CURRENT_LIST_DIR}/unit/test_maths.c ${maths_objects})
target_include_directories(test_maths PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(test_maths PRIVATE rnngen_core PkgConfig::CMOCKA)
rnngen_test(unit.maths unit test_maths)

add_executable(maths_ulp ${CMAKE_CURRENT_LIST_DIR}/maths_ulp.c ${maths_objects})
target_include_directories(maths_ulp PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(maths_ulp PRIVATE m)
