# embed.cmake · text files become a C file
#
#   cmake -DOUT=text_data.c -DINCLUDE=text_data.h "-DFILES=a.txt|b.txt" -P embed.cmake
#
# Writes the arrays that text_data.h declares. Bytes, not string literals: C11 promises only 4095 characters a literal.

string(REPLACE "|" ";" FILES "${FILES}")
set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
	get_filename_component(name "${file}" NAME_WE)
	file(READ "${file}" hex HEX)
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
	string(REPEAT "0x..," 20 line)
	string(REGEX REPLACE "(${line})" "\\1\n\t" bytes "${bytes}")
	string(APPEND arrays "static const unsigned char ${name}[] = {\n\t${bytes}\n};\n\n")
	string(APPEND rows "\t{ \"${name}\", (const char *)${name}, sizeof ${name} },\n")
	math(EXPR count "${count} + 1")
endforeach()

set(code "/* made by embed.cmake: do not edit */\n#include \"${INCLUDE}\"\n\n${arrays}")
string(APPEND code "const struct text_file text_files[] = {\n${rows}};\nconst size_t text_file_count = ${count};\n")
file(WRITE "${OUT}" "${code}")
