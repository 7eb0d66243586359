#!/bin/sh
# Prints a container engine's default seccomp profile with what the supervisor needs added, so that no capability has
# to be: seccomp-profile.sh [DEFAULT.json] >bti-supervise.json
#
# Without an argument, the default that Podman's packages install. Docker's own is compiled into dockerd; the same file
# serves it (`docker run --security-opt seccomp=bti-supervise.json`), and so does the JSON in its source.
set -eu
exec jq '.syscalls += [{
    names: ["pidfd_getfd", "process_vm_readv", "process_vm_writev"],
    action: "SCMP_ACT_ALLOW"
}]' "${1:-/usr/share/containers/seccomp.json}"
