/* files.c · writing files of text: nobody sees half of one */
#include "driver/driver.h"

#include <errno.h>
#include <unistd.h>

bool files_error(struct ctx *c, const char *path, const char *what)
{
	diag(c, ERR_file, 0, "%s %s: %s", what, path, strerror(errno));
	return false;
}

bool files_write(struct ctx *c, const char *dir, const char *name, const struct text *t)
{
	const char *path = base_internf(c, "%s/%s", dir, name), *part = base_internf(c, "%s.%ld.part", path, (long)getpid());
	FILE *f = fopen(part, "w");
	if (!f)
		return files_error(c, path, "cannot write");
	bool ok = fwrite(t->s, 1, t->n, f) == t->n;
	ok &= fclose(f) == 0;
	if (ok && rename(part, path) == 0)
		return true;
	files_error(c, path, "cannot write");
	remove(part);
	return false;
}
