#!/usr/bin/env bash
# Shows bti-supervise at work on real programs in a lab, as root and as an ordinary user, with the
# packets that left by each uplink after each command. Fails if one left by the wrong uplink.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
lab=$here/lab.sh

if [ -z "${BTI_LAB:-}" ]; then
    exec "$lab" run "$0"
fi

bold='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' plain=$'\e[0m'
fi
leaks=0

# Into the lab's own /run, which ends with it.
gcc -static -pthread -o "/proc/$BTI_LAB/root/run/lab/talk" "$here/../programs/talk.c"

# As one would type it.
typed() {
    local word line=
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:,=-]*) line+=" '$word'" ;;
            *) line+=" $word" ;;
        esac
    done
    echo "${line# }"
}

# show WHO UPLINK TEXT COMMAND…: runs COMMAND, which should leave by UPLINK alone.
show() {
    local who=$1 uplink=$2 text=$3 side packets
    shift 3
    printf '\n%s\n%s%s %s%s\n' "$text" "$bold" "$([ "$who" = root ] && echo '#' || echo '$')" "$(typed "$@")" "$plain"
    "$lab" reset "$BTI_LAB"
    "$lab" exec "$BTI_LAB" "$who" env PATH="/run/lab:$PATH" "$@"
    while read -r side packets; do
        if [ "$side" = "$uplink" ]; then
            printf '  packets by %s: %s\n' "$side" "$packets"
        else
            printf '  packets by %s: %s%s\n' "$side" "$packets" "$([ "$packets" -eq 0 ] || echo '   <-- LEAK')"
            leaks=$((leaks + packets))
        fi
    done < <("$lab" count "$BTI_LAB")
}

cat <<'TEXT'
A machine with two uplinks, lan0 (the default route) and ovpn. Each leads to a small internet of its
own, whose servers answer with the name of their side and the address that they see.
TEXT

for who in root user; do
    printf '\n%s=== as %s%s\n' "$bold" "$([ "$who" = root ] && echo root || echo 'an ordinary user')" "$plain"
    show $who lan0 'Left to itself, curl takes the default route.' \
        curl -sS http://web.test/
    show $who ovpn 'Below bti-supervise it leaves by ovpn, its DNS included.' \
        bti-supervise --interface ovpn curl -sS http://web.test/
    show $who ovpn 'IPv6 as well.' \
        bti-supervise --interface ovpn curl -sS6 http://web.test/
    show $who ovpn 'DNS goes to a server of your choice: this one says who was asked, and by which way.' \
        bti-supervise --interface ovpn --dns 203.0.113.54 getent ahostsv4 side.test
    show $who lan0 'Excluded destinations keep the normal route: here a machine in the LAN.' \
        bti-supervise --interface ovpn --exclude 192.168.77.0/24,loopback curl -sS http://192.168.77.9/
    show $who ovpn 'A statically linked program, which no LD_PRELOAD library reaches.' \
        bti-supervise --interface ovpn talk 198.51.100.1 7
    show $who ovpn 'A shell and its children.' \
        bti-supervise --interface ovpn sh -c 'curl -sS http://198.51.100.1/ | cat; curl -sS http://198.51.100.2/ & wait'
done

printf '\nPackets by the wrong uplink: %s\n' "$leaks"
[ "$leaks" -eq 0 ]
