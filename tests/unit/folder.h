/* folder.h · a test's folder for files: make_folder and remove_folder are the set-up and the end of its group */
#ifndef RNNGEN_TEST_FOLDER_H
#define RNNGEN_TEST_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[200], path[256];             /* path: a file in it */

static int files_in_folder(void)
{
	int n = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL; )
		n += d->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void write_at(const char *to, const void *bytes, size_t size)
{
	FILE *file = fopen(to, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/rnngen-test-XXXXXX", tmp && strlen(tmp) < 150 ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

#endif
