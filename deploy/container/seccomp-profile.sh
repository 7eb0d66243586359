#!/bin/sh
# Prints a container engine's default seccomp profile with the calls added that the supervisor needs, so that no
# capability is needed:
#
#   seccomp-profile.sh [DEFAULT.json] >bti-supervise.json
#
# Without DEFAULT.json it prints seccomp.json beside this script: the default profile of Podman and CRI-O, with the calls
# added. Docker takes it too. DEFAULT.json is another default profile, for example profiles/seccomp/default.json of
# Docker's source.
set -eu
if [ $# -eq 0 ]; then
    exec cat "$(dirname "$0")/seccomp.json"
fi
sed '0,/"syscalls"[[:space:]]*:[[:space:]]*\[/s//&\
\t\t{"names": ["pidfd_getfd", "process_vm_readv", "process_vm_writev"], "action": "SCMP_ACT_ALLOW"},/' "$1"
