#!/bin/bash
# A million stopped calls of all kinds below one supervisor, and what it needs after each part of them: `bench/soak.sh [CALLS]`.
# In a network namespace of its own, as root.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/load" tests/programs/load.c -pthread
calls=${1:-1000000}
# A round is nine calls, in each of four threads.
part=$((calls / 10 / 36))
unshare --net bash -c '
    ip link set lo up; ip link add near type veth peer name far; ip link set near up; ip link set far up
    ip address add 192.0.2.1/24 dev near; ip neighbour add 192.0.2.99 lladdr 02:00:00:00:00:01 dev near
    exec "$@"' - artifacts/bti-supervise -q -i near --exclude 198.51.100.0/24 -- bash -ec '
    load=$1 part=$2 made=0
    for i in $(seq 0 10); do
        [ "$i" = 0 ] && count=10 || count=$part
        result=$("$load" mixed 192.0.2.99 9 4 "$count")
        [[ $result == *", 0 failed" ]] || { echo "$result"; exit 1; }
        calls=${result#mixed: }
        made=$((made + ${calls%% *}))
        printf "after %8d calls: %6d kB of memory, %s descriptors, %s threads\n" "$made" \
            "$(awk "/VmRSS/ { print \$2 }" /proc/$PPID/status)" "$(ls /proc/$PPID/fd | wc -l)" "$(ls /proc/$PPID/task | wc -l)"
    done' - "$work/load" "$part"
