// sendmmsg: a vector of messages, each with its own destination.
// Prints "count N lengths A,B,… answers X,Y,…", the answering sides in the order of the messages.
#include "ways.h"

#include <arpa/inet.h>
#include <poll.h>

enum { most = 8 };

struct batch {
    struct mmsghdr messages[most];
    struct iovec data[most];
    char control[most][64];
    unsigned count;
};

static void add(struct batch *batch, const struct target *to, size_t size)
{
    static char text[] = "question";
    unsigned i = batch->count++;
    struct msghdr *message = &batch->messages[i].msg_hdr;

    batch->data[i] = (struct iovec){ text, size };
    message->msg_iov = &batch->data[i];
    message->msg_iovlen = 1;
    if (to) {
        message->msg_name = (void *)&to->address;
        message->msg_namelen = to->length;
    }
    batch->messages[i].msg_len = 99;
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
    const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
    return a->ss_family == b->ss_family && (a->ss_family == AF_INET
        ? a4->sin_addr.s_addr == b4->sin_addr.s_addr
        : !memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr));
}

// Which message an answer belongs to is told by its source, the oldest unanswered first.
static void collect(int fd, const struct batch *batch, long sent, char answers[most][16])
{
    for (long left = sent; left > 0; left--) {
        struct pollfd readable = { .fd = fd, .events = POLLIN };
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        char text[128] = { 0 };

        if (poll(&readable, 1, 3000) <= 0 || recvfrom(fd, text, sizeof text - 1, 0, (void *)&from, &length) < 0)
            return;
        for (long i = 0; i < sent; i++)
            if (!strcmp(answers[i], "-") && same_address(&from, batch->messages[i].msg_hdr.msg_name)) {
                snprintf(answers[i], sizeof answers[i], "%.*s", (int)strcspn(text, " "), text);
                break;
            }
    }
}

static void send_batch(const struct options *options, struct batch *batch, int fd)
{
    char answers[most][16];
    long sent = sys_sendmmsg(fd, batch->messages, batch->count, 0);

    check(sent, "sendmmsg");
    for (unsigned i = 0; i < batch->count; i++)
        strcpy(answers[i], "-");
    if (options->answer_expected)
        collect(fd, batch, sent, answers);
    printf("count %ld lengths ", sent);
    for (unsigned i = 0; i < batch->count; i++)
        printf("%s%u", i ? "," : "", batch->messages[i].msg_len);
    printf(" answers ");
    for (unsigned i = 0; i < batch->count; i++)
        printf("%s%s", i ? "," : "", answers[i]);
    puts("");
}

static void sendmmsg_mixed(const struct options *options)
{
    struct batch batch = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        add(&batch, &options->to, 2 * i + 1);
        add(&batch, &options->other, 2 * i + 2);
    }
    send_batch(options, &batch, open_udp(options));
}

// The kernel sends what precedes the message that fails, and tells their number.
static void sendmmsg_bad_third(const struct options *options)
{
    struct batch batch = { 0 };
    struct target bad = options->to;
    bad.address.ss_family = AF_UNIX;
    add(&batch, &options->to, 1);
    add(&batch, &options->other, 2);
    add(&batch, &bad, 3);
    add(&batch, &options->to, 4);
    send_batch(options, &batch, open_udp(options));
}

static void sendmmsg_refused(const struct options *options, struct batch *batch)
{
    struct in_pktinfo four = { .ipi_ifindex = interface_index(options->device) };
    struct in6_pktinfo six = { .ipi6_ifindex = four.ipi_ifindex };
    struct msghdr *message = &batch->messages[batch->count].msg_hdr;

    message->msg_control = batch->control[batch->count];
    if (family_of(&options->to) == AF_INET)
        control_add(message, IPPROTO_IP, IP_PKTINFO, &four, sizeof four);
    else
        control_add(message, IPPROTO_IPV6, IPV6_PKTINFO, &six, sizeof six);
    add(batch, &options->to, 5);
}

// The message that names another interface ends the vector, like one that the kernel refuses.
static void sendmmsg_second_names_device(const struct options *options)
{
    struct batch batch = { 0 };
    add(&batch, &options->to, 1);
    sendmmsg_refused(options, &batch);
    add(&batch, &options->to, 3);
    send_batch(options, &batch, open_udp(options));
}

static void sendmmsg_first_names_device(const struct options *options)
{
    struct batch batch = { 0 };
    sendmmsg_refused(options, &batch);
    add(&batch, &options->to, 3);
    send_batch(options, &batch, open_udp(options));
}

// Messages without an address go where the socket is connected; the reply to the other is dropped.
static void sendmmsg_connected(const struct options *options)
{
    struct batch batch = { 0 };
    int fd = open_udp(options);
    struct options quiet = *options;

    check(sys_connect(fd, &options->other.address, options->other.length), "connect");
    add(&batch, NULL, 1);
    add(&batch, &options->to, 2);
    add(&batch, NULL, 3);
    quiet.answer_expected = false;
    send_batch(&quiet, &batch, fd);
}

static void sendmmsg_empty(const struct options *options)
{
    struct batch batch = { 0 };
    send_batch(options, &batch, open_udp(options));
}

// More than UIO_MAXIOV messages: the kernel takes the first 1024.
static void sendmmsg_too_many(const struct options *options)
{
    enum { many = 1030 };
    struct mmsghdr *messages = calloc(many, sizeof *messages);
    struct iovec data = { "x", 1 };
    int fd = open_udp(options);

    for (unsigned i = 0; i < many; i++)
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length,
            .msg_iov = &data, .msg_iovlen = 1,
        };
    long sent = sys_sendmmsg(fd, messages, many, 0);
    check(sent, "sendmmsg");
    printf("count %ld\n", sent);
}

const struct way many_ways[] = {
    { "sendmmsg-mixed", sendmmsg_mixed },
    { "sendmmsg-bad-third", sendmmsg_bad_third },
    { "sendmmsg-second-names-device", sendmmsg_second_names_device },
    { "sendmmsg-first-names-device", sendmmsg_first_names_device },
    { "sendmmsg-connected", sendmmsg_connected },
    { "sendmmsg-empty", sendmmsg_empty },
    { "sendmmsg-too-many", sendmmsg_too_many },
    { 0 },
};
