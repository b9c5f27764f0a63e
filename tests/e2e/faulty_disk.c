/* A disk that fails on request: a library that is preloaded into the program. It makes reads,
 * writes and syncs of the database's files fail, as a file with five numbers says. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READS = 1, WRITES = 2, SYNCS = 4 };

struct orders {
    volatile int kinds;  /* the calls that fail; 0: none */
    volatile int error;  /* their errno */
    volatile int spared; /* how many succeed first */
    volatile int fails;  /* how many fail then; negative: all */
    volatile int failed; /* how many have failed */
};

static struct orders *orders(void)
{
    static struct orders *seen;
    if (!seen) {
        const char *path = getenv("FAULTY_DISK");
        int file = path ? open(path, O_RDWR) : -1;
        if (file < 0)
            return NULL;
        void *map = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map == MAP_FAILED)
            return NULL;
        seen = map;
    }
    return seen;
}

static int is_of_database(int file)
{
    char link[40], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name && !strncmp(name, "/kith.db", 8) && !strstr(name, "-shm");
}

static int fails(int kind, int file)
{
    struct orders *now = orders();
    if (!now || !(now->kinds & kind) || !is_of_database(file))
        return 0;
    if (__sync_fetch_and_sub(&now->spared, 1) > 0)
        return 0;
    if (now->fails >= 0 && __sync_fetch_and_sub(&now->fails, 1) <= 0) {
        now->fails = 0;
        return 0;
    }
    __sync_fetch_and_add(&now->failed, 1);
    errno = now->error;
    return 1;
}

#define FAULTY(kind, type, name, parameters, arguments)              \
    type name parameters                                             \
    {                                                                \
        static type(*real) parameters;                               \
        if (!real)                                                   \
            real = (type(*) parameters)dlsym(RTLD_NEXT, #name);      \
        return fails(kind, file) ? -1 : real arguments;              \
    }

FAULTY(READS, ssize_t, pread, (int file, void *to, size_t n, off_t at), (file, to, n, at))
FAULTY(READS, ssize_t, pread64, (int file, void *to, size_t n, off64_t at), (file, to, n, at))
FAULTY(WRITES, ssize_t, pwrite, (int file, const void *of, size_t n, off_t at), (file, of, n, at))
FAULTY(WRITES, ssize_t, pwrite64, (int file, const void *of, size_t n, off64_t at), (file, of, n, at))
FAULTY(WRITES, int, ftruncate, (int file, off_t length), (file, length))
FAULTY(WRITES, int, ftruncate64, (int file, off64_t length), (file, length))
FAULTY(SYNCS, int, fsync, (int file), (file))
FAULTY(SYNCS, int, fdatasync, (int file), (file))
