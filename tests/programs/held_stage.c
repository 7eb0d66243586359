// The stage: a FUSE file system by the bare protocol of /dev/fuse. Its one file, "slow", is readable and writable by
// everybody; who reads it, or where the scene says so closes it, waits for the scene's "release". Everything else is answered at once.
#include "held.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { root_node = FUSE_ROOT_ID, slow_node = 2, most_held = 64 };

static struct scene *scene;
static int device;

static void answer(uint64_t unique, int error, const void *data, size_t size)
{
    char message[sizeof(struct fuse_out_header) + page_size];
    struct fuse_out_header header = { .len = sizeof header + size, .error = -error, .unique = unique };

    memcpy(message, &header, sizeof header);
    if (size)
        memcpy(message + sizeof header, data, size);
    // ENOENT: whoever asked is gone.
    if (write(device, message, header.len) < 0 && errno != ENOENT)
        perror("held: answering the kernel");
}

static struct fuse_attr attributes(uint64_t node)
{
    struct fuse_attr attributes = { .ino = node, .nlink = 1, .blksize = page_size };
    attributes.mode = node == root_node ? S_IFDIR | 0755 : S_IFREG | 0666;
    attributes.size = node == root_node ? 0 : page_size;
    return attributes;
}

// Whether the request has to wait for the release.
static bool serve(const struct fuse_in_header *request)
{
    const void *body = request + 1;

    switch (request->opcode) {
        case FUSE_INIT: {
            struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = page_size };
            answer(request->unique, 0, &init, sizeof init);
            return false;
        }
        case FUSE_LOOKUP: {
            struct fuse_entry_out entry = { .nodeid = slow_node, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(slow_node) };
            bool is_slow = request->nodeid == root_node && !strcmp(body, "slow");
            answer(request->unique, is_slow ? 0 : ENOENT, &entry, is_slow ? sizeof entry : 0);
            return false;
        }
        case FUSE_GETATTR: {
            struct fuse_attr_out out = { .attr_valid = 3600, .attr = attributes(request->nodeid) };
            answer(request->unique, 0, &out, sizeof out);
            return false;
        }
        case FUSE_OPEN: {
            struct fuse_open_out out = { .fh = 1 };
            answer(request->unique, 0, &out, sizeof out);
            return false;
        }
        case FUSE_READ:
            scene->read_is_held = true;
            return true;
        case FUSE_FLUSH:
            if (scene->holds_flush) {
                scene->flush_is_held = true;
                return true;
            }
            answer(request->unique, 0, NULL, 0);
            return false;
        case FUSE_RELEASE:
            answer(request->unique, 0, NULL, 0);
            return false;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            return false;
        default:
            answer(request->unique, ENOSYS, NULL, 0);
            return false;
    }
}

static void *serve_all(void *unused)
{
    static char buffer[FUSE_MIN_READ_BUFFER + page_size];
    struct { uint64_t unique; bool is_read; } held[most_held];
    unsigned count = 0;
    (void)unused;

    for (;;) {
        struct pollfd request = { .fd = device, .events = POLLIN };
        poll(&request, 1, 1);
        while (scene->release && count > 0) {
            bool is_read = held[--count].is_read;
            answer(held[count].unique, 0, scene->content, is_read ? page_size : 0);
        }
        if (!(request.revents & POLLIN) || read(device, buffer, sizeof buffer) < 0)
            continue;
        struct fuse_in_header header;
        memcpy(&header, buffer, sizeof header);
        if (serve((void *)buffer) && count < most_held) {
            held[count].unique = header.unique;
            held[count++].is_read = header.opcode == FUSE_READ;
        }
    }
    return NULL;
}

static const char *path(const char *name)
{
    static _Thread_local char text[256];
    const char *directory = getenv("HELD");
    if (!directory) {
        fprintf(stderr, "held: no stage\n");
        _exit(2);
    }
    snprintf(text, sizeof text, "%s/%s", directory, name);
    return text;
}

struct scene *open_scene(void)
{
    int fd = (int)check(open(path("scene"), O_RDWR | O_CLOEXEC), "open scene");
    struct scene *memory = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        failed("mmap scene");
    close(fd);
    return memory;
}

int open_slow(void)
{
    return (int)check(open(path("slow/slow"), O_RDWR | O_CLOEXEC), "open slow");
}

// A page of the slow file: whoever first touches it waits. The descriptor stays open, since closing it waits too.
void *slow_page(int protection)
{
    void *memory = mmap(NULL, page_size, protection, MAP_PRIVATE, open_slow(), 0);
    if (memory == MAP_FAILED)
        failed("mmap slow");
    return memory;
}

// In a mount namespace that ends with this process.
void make_stage(void)
{
    static char directory[] = "/run/held-XXXXXX";
    char mount_options[128];
    pthread_t server;

    if (!mkdtemp(directory))
        failed("mkdtemp");
    chmod(directory, 0755);
    setenv("HELD", directory, 1);
    int fd = (int)check(open(path("scene"), O_RDWR | O_CREAT | O_CLOEXEC, 0666), "open scene");
    check(ftruncate(fd, sizeof *scene), "ftruncate");
    fchmod(fd, 0666);
    close(fd);
    scene = open_scene();
    device = (int)check(open("/dev/fuse", O_RDWR | O_CLOEXEC), "open /dev/fuse");
    check(mkdir(path("slow"), 0755), "mkdir");
    snprintf(mount_options, sizeof mount_options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
    check(mount("held", path("slow"), "fuse", MS_NOSUID | MS_NODEV, mount_options), "mount");
    pthread_create(&server, NULL, serve_all, NULL);
}

pid_t start(char **words)
{
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child) {
        execvp(words[0], words);
        failed(words[0]);
    }
    return child;
}

// stage COMMAND…: runs it with the slow file there.
static void stage(char **words)
{
    int status;
    make_stage();
    pid_t child = start(words);
    check(waitpid(child, &status, 0), "waitpid");
    scene->release = true;
    fflush(stdout);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

const struct held_program stage_programs[] = {
    { "stage", stage },
    { 0 },
};
