#!/usr/bin/env bash
# Runs real programs under bti-supervise in a lab, as root and as an ordinary user. After each command it
# shows how many packets went out through each uplink. It fails if one went out through the wrong uplink.
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

# Into the lab's own /run, which is removed with the lab.
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

# show WHO UPLINK TEXT COMMAND…: runs COMMAND. Its packets should go out through UPLINK only.
show() {
    local who=$1 uplink=$2 text=$3 side packets
    shift 3
    printf '\n%s\n%s%s %s%s\n' "$text" "$bold" "$([ "$who" = root ] && echo '#' || echo '$')" "$(typed "$@")" "$plain"
    "$lab" reset "$BTI_LAB"
    "$lab" exec "$BTI_LAB" "$who" env PATH="/run/lab:$PATH" "$@"
    while read -r side packets; do
        if [ "$side" = "$uplink" ]; then
            printf '  packets through %s: %s\n' "$side" "$packets"
        else
            printf '  packets through %s: %s%s\n' "$side" "$packets" "$([ "$packets" -eq 0 ] || echo '   <-- LEAK')"
            leaks=$((leaks + packets))
        fi
    done < <("$lab" count "$BTI_LAB")
}

cat <<'TEXT'
This lab is a machine with two uplinks: lan0, which has the default route, and ovpn. Each leads to a small
internet of its own. The servers there answer with the name of their uplink and with the address that they see.
TEXT

for who in root user; do
    printf '\n%s=== as %s%s\n' "$bold" "$([ "$who" = root ] && echo root || echo 'an ordinary user')" "$plain"
    show $who lan0 'Without bti-supervise, curl takes the default route.' \
        curl -sS http://web.test/
    show $who ovpn 'With bti-supervise it goes out through ovpn, and so do its DNS queries.' \
        bti-supervise --interface ovpn curl -sS http://web.test/
    show $who ovpn 'The same with IPv6.' \
        bti-supervise --interface ovpn curl -sS6 http://web.test/
    show $who ovpn 'DNS goes to a server of your choice. This one answers with an address that tells who was asked, and through which uplink.' \
        bti-supervise --interface ovpn --dns 203.0.113.54 getent ahostsv4 side.test
    show $who lan0 'Excluded destinations keep the normal route. Here this is a machine in the LAN.' \
        bti-supervise --interface ovpn --exclude 192.168.77.0/24,loopback curl -sS http://192.168.77.9/
    show $who ovpn 'A statically linked program. An LD_PRELOAD library has no effect on it.' \
        bti-supervise --interface ovpn talk 198.51.100.1 7
    show $who ovpn 'A shell and the programs that it starts.' \
        bti-supervise --interface ovpn sh -c 'curl -sS http://198.51.100.1/ | cat; curl -sS http://198.51.100.2/ & wait'
done

printf '\nPackets through the wrong uplink: %s\n' "$leaks"
[ "$leaks" -eq 0 ]
