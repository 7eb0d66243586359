#!/bin/bash
# How many system calls the supervisor makes per call that it stops: `bench/syscalls.sh [SUPERVISOR]`. Loopback only, in a
# network namespace of its own. Needs strace.
#
# Counted from one notification to the next on the thread that handles it: what other threads do is not counted (the watch,
# which looks every five milliseconds; the waiter; the runtime). What is printed is the sequence that most calls had, and what
# share of the calls that were. Traced, calls are slow, and the duty is handed on between threads (futex): calls that had to
# do that are not looked at, and where nearly all had to, their futex calls are not counted. LIST=1 prints the sequences,
# COUNT=N traces N calls of a kind.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${BTI_BENCH_NAMESPACE:-}" ]; then
    as=()
    [ "$(id -u)" = 0 ] || as=(--user --map-root-user)
    BTI_BENCH_NAMESPACE=1 exec unshare ${as[@]+"${as[@]}"} --net -- "$BASH" "$0" "$@"
fi

bti=${1:-artifacts/bti-supervise}
count=${COUNT:-10000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
gcc -O2 -o "$work/calls" bench/calls.c
mkfifo "$work/go"

failed=
outer=()
# The system call that is counted of a kind.
call_of() {
    case $1 in
    *connect) echo connect ;;
    *sendmsg) echo sendmsg ;;
    *sendto) echo sendto ;;
    *recvfrom) echo recvfrom ;;
    *) echo socket ;;
    esac
}

# kind MOST KIND TITLE OPTIONS…
kind() {
    local most=$1 kind=$2 title=$3 supervisor tracer tries=1000
    shift 3
    ${outer[@]+"${outer[@]}"} "$bti" -q -i lo "$@" -- sh -c "read -r go <$work/go; exec $work/calls $kind $count" >/dev/null &
    supervisor=$!
    # It waits for its program, which waits for "go": what is traced from now on is its calls.
    until [ "$(awk '/^Threads/ { print $2 }' /proc/$supervisor/status)" -ge 3 ]; do sleep 0.01; done
    strace -f -qq -o "$work/trace" -p "$supervisor" 2>/dev/null &
    tracer=$!
    until [ "$(cat /proc/$supervisor/task/*/status 2>/dev/null | awk '/^TracerPid/ && $2 != 0' | wc -l)" = "$(ls /proc/$supervisor/task | wc -l)" ]; do
        [ $((tries -= 1)) -gt 0 ] || { echo "strace did not attach" >&2; exit 1; }
        sleep 0.01
    done
    echo go >"$work/go"
    wait "$supervisor"
    wait "$tracer" || true
    awk -v title="$title" -v most="$most" -v list="${LIST:-}" -v wanted="$(call_of "$kind")" '
        # A call that another one interrupts in the trace has two lines.
        /<\.\.\. / && !/SECCOMP_IOCTL_NOTIF_RECV|ioctl resumed.*pid=/ { next }
        { thread = $1; name = $2; sub(/\(.*/, "", name) }
        /SECCOMP_IOCTL_NOTIF_RECV|0xc0502100/ && !/= -1/ {
            if (made[thread]) { sequences[made[thread]]++; calls++ }
            delete made[thread]
            # A program that is stopped in several calls for one (socket, then connect): that one alone.
            if ($0 !~ /nr=/ || $0 ~ "nr=__NR_" wanted ",") made[thread] = "receive"
            next
        }
        thread in made && !/<\.\.\. / { made[thread] = made[thread] " " name }
        END {
            for (each in sequences) if (each !~ /futex/) direct += sequences[each]
            for (each in sequences) {
                short = each
                if (direct < calls / 50) gsub(/ futex/, "", short)
                times[short] += sequences[each]
                if (times[short] > often && short !~ /futex/) { often = times[short]; usual = short }
            }
            n = split(usual, unused, " ")
            printf "%-44s %4d %9s   %3d %%\n", title, n, most, 100 * often / calls
            if (list) print "    " usual
            exit !calls || (most != "-" && n > most)
        }' "$work/trace" || failed=1
}

printf '%-44s %4s %9s   %s\n' "call" now "at most" "such calls"
kind 8 tcp-connect "connect, TCP, new socket"
kind 8 connect "connect, UDP, new socket"
kind 8 reconnect "connect, UDP, connected socket"
kind 8 sendto "sendto with an address, client"
kind 9 sendmsg "sendmsg with an address, client"
kind 9 server-sendto "sendto with an address, server (steered)"
kind 9 sendto "sendto with an address, excludes (steered)" --exclude 10.0.0.0/8
kind 3 unix-sendmsg "sendmsg on a Unix socket"
kind - recvfrom "recvfrom with an address, --dns" --dns 127.0.0.1
kind 13 socket "socket, UDP, strict" --strict
kind 10 connect "connect, UDP, new socket, strict" --strict
kind 15 tcp-connect "connect, TCP, new socket, strict" --strict
kind - dns-recvfrom "recvfrom with an address, --dns, its answer" --dns 127.0.0.1 --dns-port 9
# Where a container's profile refuses pidfd_getfd and process_vm_readv.
gcc -O2 -o "$work/sandbox" tests/programs/sandbox.c
outer=("$work/sandbox" pidfd_getfd,process_vm_readv)
kind 10 tcp-connect "connect, TCP, new socket, by copies"
kind 9 connect "connect, UDP, new socket, by copies"
kind 10 sendto "sendto with an address, client, by copies"
kind - socket "socket, UDP, by copies"
[ -z "$failed" ] || { echo "more than there may be" >&2; exit 1; }
