// Runs a command in an environment that no shell would make: odd_environment COMMAND [ARG]…
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char *environment[] = {
        "PATH=/usr/bin:/bin", "TWICE=first", "TWICE=second", "NO_EQUALS_SIGN", "=no name", "EMPTY=",
        "BYTES=\xff\xfe\x80", "LINES=one\ntwo\n", "DOTNET_GCHeapCount=1", "LANG=", NULL,
    };
    if (argc < 2)
        return 2;
    execve(argv[1], argv + 1, environment);
    perror(argv[1]);
    return 127;
}
