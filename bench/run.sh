#!/bin/bash
# What supervision costs, pair by pair in the same run: `make bench`. Loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in minimal bare calls; do
    gcc -O2 -o "$work/$name" "bench/$name.c" -pthread
done
bti=artifacts/bti-supervise
pairs=${PAIRS:-15}
count=${COUNT:-4000}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare TITLE A... vs B...: the medians of both and of their ratio.
compare() {
    local title=$1 a=() b=() ratios=() as=() bs=()
    shift
    while [ "$1" != vs ]; do a+=("$1"); shift; done
    shift
    b=("$@")
    for _ in $(seq "$pairs"); do
        local x y
        x=$("${a[@]}") y=$("${b[@]}")
        as+=("$x") bs+=("$y") ratios+=("$(awk "BEGIN { print $x / $y }")")
    done
    printf '%-44s %8s ns %8s ns   ratio %s\n' "$title" \
        "$(printf '%s\n' "${as[@]}" | median)" "$(printf '%s\n' "${bs[@]}" | median)" "$(printf '%s\n' "${ratios[@]}" | median)"
}

supervised=("$bti" -q -i lo -- "$work/calls")
compare "connect: supervised / minimal C supervisor" "${supervised[@]}" connect "$count" vs "$work/minimal" lo "$work/calls" connect "$count"
compare "connect: supervised / plain" "${supervised[@]}" connect "$count" vs "$work/calls" connect "$count"
compare "sendto: supervised / connect: supervised" "${supervised[@]}" sendto "$count" vs "${supervised[@]}" connect "$count"
compare "sendto: supervised / plain" "${supervised[@]}" sendto "$count" vs "$work/calls" sendto "$count"
compare "sendmsg: supervised / plain" "${supervised[@]}" sendmsg "$count" vs "$work/calls" sendmsg "$count"
compare "send on a connected socket: supervised / bare" "${supervised[@]}" send "$count" vs "$work/bare" "$work/calls" send "$count"
compare "getppid: supervised / bare filter" "${supervised[@]}" getppid "$count" vs "$work/bare" "$work/calls" getppid "$count"
compare "sendmsg on a Unix socket: supervised / plain" "${supervised[@]}" unix-sendmsg "$count" vs "$work/calls" unix-sendmsg "$count"
compare "sendmsg with SCM_RIGHTS: supervised / plain" "${supervised[@]}" unix-rights "$count" vs "$work/calls" unix-rights "$count"

start() { local t=$EPOCHREALTIME; "$@" >/dev/null; echo $(((${EPOCHREALTIME/./} - ${t/./}) * 1000)); }
compare "start to exit: bti-supervise -- true / true" start "$bti" -q -- /bin/true vs start /bin/true
compare "start to exit: bti-supervise -i lo -- true / true" start "$bti" -q -i lo -- /bin/true vs start /bin/true

# Memory: the supervisor's own, after a thousand and after two hundred thousand trapped calls.
"$bti" -q -i lo -- sh -c "
    supervisor=\$PPID
    rss() { awk '/VmRSS|VmHWM/ { printf \"%s %s kB  \", \$1, \$2 }' /proc/\$supervisor/status; ls /proc/\$supervisor/fd | wc -l; }
    $work/calls connect 1000 >/dev/null; echo \"after   1000 calls: \$(rss) descriptors\"
    $work/calls connect 200000 >/dev/null; echo \"after 201000 calls: \$(rss) descriptors\"
"

if command -v strace >/dev/null; then
    bench/syscalls.sh "$bti"
else
    echo "strace is missing: system calls are not counted"
fi
