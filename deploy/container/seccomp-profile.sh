#!/bin/sh
# Prints a container engine's default seccomp profile, and adds the calls that the supervisor needs. With this profile no
# capability is needed:
#
#   seccomp-profile.sh [DEFAULT.json] >bti-supervise.json
#
# Without DEFAULT.json it prints seccomp.json, which is beside this script: the default profile of Podman and CRI-O, with the
# calls added. Docker accepts it too. DEFAULT.json is another default profile, for example profiles/seccomp/default.json of
# Docker's source.
set -eu
if [ $# -eq 0 ]; then
    exec cat "$(dirname "$0")/seccomp.json"
fi
sed '0,/"syscalls"[[:space:]]*:[[:space:]]*\[/s//&\
\t\t{"names": ["pidfd_getfd", "process_vm_readv", "process_vm_writev"], "action": "SCMP_ACT_ALLOW", "comment": "added for bti-supervise"},/' "$1"
