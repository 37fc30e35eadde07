/* disk.h · a disk that fails: calls of this test's program go wrong where the test says so
 *
 * The functions below stand in for those of the C library; what does not fail goes on to the system. */
#ifndef RNNGEN_TEST_DISK_H
#define RNNGEN_TEST_DISK_H

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

struct disk {
	int left;               /* calls that still go well; < 0: all do */
	int error;              /* errno from then on; EINTR: once; 0: the file ends, for it was cut while it was read */
};
static struct disk disk_reads = { -1, 0 }, disk_writes = { -1, 0 }, disk_syncs = { -1, 0 }, disk_closes = { -1, 0 };

static int disk_fails(struct disk *d)
{
	if (d->left < 0 || d->left-- > 0)
		return 0;
	d->left = d->error == EINTR ? -1 : 0;
	errno = d->error;
	return 1;
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
	return disk_fails(&disk_reads) ? (disk_reads.error ? -1 : 0) : syscall(SYS_pread64, fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
	return disk_fails(&disk_writes) ? -1 : syscall(SYS_write, fd, from, size);
}

int fsync(int fd)
{
	return disk_fails(&disk_syncs) ? -1 : (int)syscall(SYS_fsync, fd);
}

int close(int fd)
{
	int status = (int)syscall(SYS_close, fd);
	return disk_fails(&disk_closes) ? -1 : status;
}

/* The file at path, through `read`, while each of its reads fails once: an error with a place, or the file. */
static void disk_read_fails(struct rnn_st_file *(*read)(const char *, char *, size_t), const char *file)
{
	static const int error[] = { EIO, 0, EINTR };
	char why[400];
	for (int e = 0; e < 3; e++) {
		struct rnn_st_file *f = NULL;
		int n;
		for (n = 0; !f; n++) {
			disk_reads = (struct disk){ n, error[e] };
			f = read(file, why, sizeof why);
			int failed = disk_reads.left == 0;
			disk_reads.left = -1;
			assert_true(f || failed);
			if (!f)
				assert_non_null(strstr(why, error[e] ? ": cannot read at byte " : ": ended at byte "));
		}
		rnn_st_free(f);
		assert_true(error[e] == EINTR ? n == 1 : n > 2);
	}
}

/* The same for a function that writes `file`: an error, and the file as before ("before"), or 0. */
static void disk_write_fails(int (*put)(char *why, size_t size), const char *file)
{
	static const struct { struct disk *what; int error; } row[] = {
		{ &disk_writes, EIO }, { &disk_writes, EINTR }, { &disk_syncs, EIO }, { &disk_closes, EIO },
	};
	char why[400];
	for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
		FILE *f = fopen(file, "wb");
		assert_non_null(f);
		fputs("before", f);
		fclose(f);
		int n, bad = 1;
		for (n = 0; bad; n++) {
			*row[r].what = (struct disk){ n, row[r].error };
			bad = put(why, sizeof why);
			row[r].what->left = -1;
			if (!bad)
				break;
			assert_non_null(strstr(why, ": cannot write: Input/output error"));
			char now[8] = "";
			f = fopen(file, "rb");
			assert_non_null(f);
			assert_int_equal(fread(now, 1, sizeof now, f), 6);
			fclose(f);
			assert_string_equal(now, "before");
			assert_int_equal(files_in_folder(), 1);
		}
		assert_true(row[r].error == EINTR ? n == 0 : n > 0);
	}
}

#endif
