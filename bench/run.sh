#!/bin/bash
# What supervision costs, pair by pair in the same run: `make bench`. Loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in minimal copies strict bare calls starts; do
    gcc -O2 -o "$work/$name" "bench/$name.c" -pthread
done
# The same outer filter for both: it refuses what a container engine's default profile refuses.
gcc -O2 -o "$work/sandbox" tests/programs/sandbox.c
contained=("$work/sandbox" pidfd_getfd,process_vm_readv)
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
strict=("$bti" -q --strict -i lo -- "$work/calls")
compare "socket, UDP: strict / strict C supervisor" "${strict[@]}" socket "$count" vs "$work/strict" lo "$work/calls" socket "$count"
compare "socket, TCP: strict / strict C supervisor" "${strict[@]}" tcp-socket "$count" vs "$work/strict" lo "$work/calls" tcp-socket "$count"
compare "connect: strict / strict C supervisor" "${strict[@]}" connect "$count" vs "$work/strict" lo "$work/calls" connect "$count"
compare "connect, TCP: strict / strict C supervisor" "${strict[@]}" tcp-connect "$count" vs "$work/strict" lo "$work/calls" tcp-connect "$count"
compare "connect: strict / one that trusts each socket" "${strict[@]}" connect "$count" vs env TRUSTS=1 "$work/strict" lo "$work/calls" connect "$count"
by_copies=("${contained[@]}" "$bti" -q -i lo -- "$work/calls")
least_copies=("${contained[@]}" "$work/copies" lo "$work/calls")
compare "socket, UDP: by copies / C supervisor by copies" "${by_copies[@]}" socket "$count" vs "${least_copies[@]}" socket "$count"
compare "connect, TCP: by copies / C supervisor by copies" "${by_copies[@]}" tcp-connect "$count" vs "${least_copies[@]}" tcp-connect "$count"
compare "connect, UDP: by copies / C supervisor by copies" "${by_copies[@]}" connect "$count" vs "${least_copies[@]}" connect "$count"
compare "connect: supervised / plain" "${supervised[@]}" connect "$count" vs "$work/calls" connect "$count"
compare "sendto: supervised / connect: supervised" "${supervised[@]}" sendto "$count" vs "${supervised[@]}" connect "$count"
compare "sendto: supervised / plain" "${supervised[@]}" sendto "$count" vs "$work/calls" sendto "$count"
compare "sendmsg: supervised / plain" "${supervised[@]}" sendmsg "$count" vs "$work/calls" sendmsg "$count"
compare "send on a connected socket: supervised / bare" "${supervised[@]}" send "$count" vs "$work/bare" "$work/calls" send "$count"
compare "getppid: supervised / bare filter" "${supervised[@]}" getppid "$count" vs "$work/bare" "$work/calls" getppid "$count"
compare "sendmsg on a Unix socket: supervised / plain" "${supervised[@]}" unix-sendmsg "$count" vs "$work/calls" unix-sendmsg "$count"
compare "sendmsg with SCM_RIGHTS: supervised / plain" "${supervised[@]}" unix-rights "$count" vs "$work/calls" unix-rights "$count"

# The start, against a native .NET program that does nothing. The shortest time tells most: others are only added to it.
[ "$(uname -m)" = aarch64 ] && architecture=arm64 || architecture=x64
dotnet publish bench/empty --runtime "linux-$architecture" --configuration Release --output "$work/empty" \
    -p:NativeFramework=net10.0 -p:CppCompilerAndLinker=gcc --disable-build-servers --nologo --verbosity quiet >&2
"$work/starts" "${STARTS:-200}" /bin/true / "$work/empty/empty" / "$bti" -q -i lo -- /bin/true |
    awk '{ least[NR] = $1; median[NR] = $2 }
        function row(title, a, b) { printf "%-44s %8.2f ms least, %6.2f ms median   ratio %.2f, %.2f\n", title,
            a / 1e6, b / 1e6, a / least[2], b / median[2] }
        END {
            row("start to exit: true", least[1], median[1])
            row("start to exit: an empty native .NET program", least[2], median[2])
            row("start to exit: bti-supervise -i lo -- true", least[3], median[3])
            row("  the same without true", least[3] - least[1], median[3] - median[1])
        }'

# Memory: the supervisor's own, after a thousand and after two hundred thousand stopped calls.
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
