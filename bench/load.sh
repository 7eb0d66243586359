#!/bin/bash
# Many calls at once, pair by pair in the same run: `bench/load.sh`. Loopback only, but for the connects that nobody answers, which
# are made in a network namespace of their own (as root).
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/minimal" bench/minimal.c -pthread
gcc -O2 -o "$work/load" tests/programs/load.c -pthread
bti=$PWD/artifacts/bti-supervise
pairs=${PAIRS:-7}
threads=${THREADS:-64}
milliseconds=${MILLISECONDS:-1000}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare TITLE A… vs B…: the medians of both, and of their ratio.
compare() {
    local title=$1 a=() b=()
    shift
    while [ "$1" != vs ]; do a+=("$1"); shift; done
    shift
    b=("$@")
    : >"$work/a" && : >"$work/b" && : >"$work/ratios"
    for _ in $(seq "$pairs"); do
        local x y
        x=$("${a[@]}") y=$("${b[@]}")
        echo "$x" >>"$work/a"
        echo "$y" >>"$work/b"
        awk "BEGIN { print $x / $y }" >>"$work/ratios"
    done
    printf '%-76s %9s %9s   ratio %s\n' "$title" "$(median <"$work/a")" "$(median <"$work/b")" "$(median <"$work/ratios")"
}

connects=("$work/load" connects 127.0.0.1 9 "$threads" "$milliseconds")
supervised=("$bti" -q -i lo --)
echo "connects a second, $threads threads, $(nproc) processors:"
compare "  supervised / minimal C supervisor" "${supervised[@]}" "${connects[@]}" vs "$work/minimal" lo "${connects[@]}"
compare "  minimal C supervisor, two receivers / one" env RECEIVERS=2 "$work/minimal" lo "${connects[@]}" vs "$work/minimal" lo "${connects[@]}"
compare "  supervised / minimal C supervisor with two receivers" "${supervised[@]}" "${connects[@]}" vs env RECEIVERS=2 "$work/minimal" lo "${connects[@]}"
compare "  supervised / the same, which looks at each socket as it has to" "${supervised[@]}" "${connects[@]}" vs env RECEIVERS=2 LOOKS=1 "$work/minimal" lo "${connects[@]}"

# p99 of a connect, in nanoseconds. The default route of the namespace leads to an address that is nobody's.
beside() {
    unshare --net bash -c '
        ip link set lo up; ip link add near type veth peer name far; ip link set near up; ip link set far up
        ip address add 192.0.2.1/24 dev near; ip neighbour add 192.0.2.99 lladdr 02:00:00:00:00:01 dev near
        exec "$@"' - "$@" | sed -n "s/.*, 0 failed, p50 [0-9]*, p99 //p"
}
if [ "$(id -u)" = 0 ]; then
    echo "p99 of a connect, ns:"
    waiting=("$work/load" beside 192.0.2.1 9 192.0.2.99)
    compare "  supervised, 300 others wait for a connection / nobody waits" \
        beside "$bti" -q -i near -- "${waiting[@]}" 300 20000 vs beside "$bti" -q -i near -- "${waiting[@]}" 0 20000
fi
