/* text_data.h · the files of text/ as embed.cmake puts them into the executable */
#ifndef TARGET_TEXT_DATA_H
#define TARGET_TEXT_DATA_H

#include <stddef.h>

struct text_file {
	const char *name;       /* "maths" of text/maths.txt */
	const char *text;       /* not terminated */
	size_t size;            /* bytes */
};

extern const struct text_file text_files[];
extern const size_t text_file_count;

#endif
