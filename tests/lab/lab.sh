#!/usr/bin/env bash
# A lab in network namespaces: a client with two uplinks, lan0 (default route) and ovpn, each to
# its own copy of a small internet. Both copies serve the same addresses, so that an answer tells
# through which uplink the question went out.
#
#   lab.sh run COMMAND…               a lab for as long as COMMAND runs, which finds its LAB in $BTI_LAB
#   lab.sh serve                      a lab until standard input ends; prints "ready LAB"
#   lab.sh exec LAB root|user COMMAND…  runs COMMAND in the client, as root or as an ordinary user
#   lab.sh count LAB                  packets that programs sent through each uplink since the last reset
#   lab.sh seen LAB                   their destinations: uplink, address, protocol, port
#   lab.sh reset LAB
#   lab.sh unplug LAB                 takes ovpn away, lan0 stays
#   lab.sh plug LAB                   brings it back
#   lab.sh tools LAB                  the last five, one a line of standard input, each answered by its output and
#                                     "end STATUS": for tests, which need them twice each
#   lab.sh words LAB root|user        the words that `exec` puts before COMMAND, one a line
#
# LAB is the process id of the lab's keeper. Works as root, and as an ordinary user in a user
# namespace. All of a lab lives in namespaces that only its own processes hold: nothing is written
# to the host, and whatever ends the keeper leaves nothing behind.
#
# Inside, /run/lab holds the supervisor ($BTI_SUPERVISE, else artifacts/bti-supervise) as
# bti-supervise, the compiled test programs as programs/, and resolv.conf, which is /etc/resolv.conf.
set -euo pipefail

self=$(realpath "${BASH_SOURCE[0]}")
repository=$(realpath "$(dirname "$self")/../..")
server=${BTI_LAB_SERVER:-$repository/tests/LabServer/bin/Release/net10.0/LabServer.dll}
supervisor=${BTI_SUPERVISE:-$repository/artifacts/bti-supervise}
programs=$repository/artifacts/test-programs

# What both internets serve. 198.51.100.99 is routed there as well, and never answers.
internet=(
    198.51.100.1 198.51.100.2 2001:db8:1::1 2001:db8:1::2                # web
    203.0.113.53 203.0.113.54 2001:db8:53::6 2001:db8:53::7              # DNS
    8.8.8.8 1.1.1.1 2001:4860:4860::8888
    192.168.77.9 192.168.78.9 172.16.5.5 10.1.0.1 10.100.0.1 fd00:77::9  # LAN, and private networks behind it
)

fail() {
    echo "lab: $*" >&2
    exit 1
}

# --- from outside: making a lab and entering it -------------------------------------------------

serve() {
    local user=()
    unshare --net true 2>/dev/null || user=(--user --map-root-user)
    exec unshare ${user[@]+"${user[@]}"} --net --mount --pid --fork --kill-child -- bash "$self" keep
}

run() {
    # The keeper's standard input is a pipe from this script. So it ends with this script, however that ends.
    coproc keeper { exec "$self" serve; }
    local ready='' status=0
    read -r ready BTI_LAB <&"${keeper[0]}" || true
    [ "$ready" = ready ] || fail "the lab did not come up"
    export BTI_LAB
    "$@" || status=$?
    eval "exec ${keeper[1]}>&-"
    wait "$keeper_PID" || true
    return "$status"
}

# entering LAB root|user: sets `words`, what stands before a command that runs in the lab.
entering() {
    local lab=$1 as=$2 outside=
    words=(nsenter --target "$lab")
    [ "/proc/$lab/ns/user" -ef /proc/self/ns/user ] || outside=1
    [ -z "$outside" ] || words+=(--user --preserve-credentials)
    words+=(--net --mount --wd="$PWD" --)
    case $as-$outside in
        root-*) ;;
        user-) words+=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --) ;;
        # Only one user is mapped here: another one wants a user namespace of its own.
        user-1) words+=(unshare --user --map-user=65534 --map-group=65534 --) ;;
        *) fail "run as root or as user, not as '$as'" ;;
    esac
}

# execute LAB root|user COMMAND…: replaces this process, so that its id is COMMAND's.
execute() {
    entering "$1" "$2"
    shift 2
    exec "${words[@]}" "$@"
}

# --- inside -------------------------------------------------------------------------------------

keep() {
    private_files
    links
    counters
    coproc servers {
        exec env DOTNET_EnableDiagnostics=0 DOTNET_TieredCompilation=1 \
            dotnet "$server" lan0=/run/netns/lan0 ovpn=/run/netns/ovpn "${internet[@]}" </dev/null
    }
    local ready='' pid
    read -r ready <&"${servers[0]}" || true
    [ "$ready" = ready ] || fail "its servers did not start"
    read -r pid _ </proc/self/stat  # the id of this process, as seen from outside
    echo "ready $pid"
    cat >/dev/null
}

private_files() {
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p /run/lab/programs
    if [ -x "$supervisor" ]; then
        : >/run/lab/bti-supervise
        mount --bind "$supervisor" /run/lab/bti-supervise
    fi
    if mkdir -p "$programs" 2>/dev/null; then
        mount --bind "$programs" /run/lab/programs
    fi

    echo 'nameserver 203.0.113.53' >/run/lab/resolv.conf
    echo 'hosts: files dns' >/run/lab/nsswitch.conf
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >/run/lab/hosts
    chmod 644 /run/lab/*.conf /run/lab/hosts
    local name target
    for name in resolv.conf nsswitch.conf hosts; do
        target=$(realpath -m "/etc/$name")
        case $target in
            /run/*) mkdir -p "$(dirname "$target")" && ln -s "/run/lab/$name" "$target" ;;
            *)
                [ -e "$target" ] || fail "/etc/$name is missing: an empty file is enough"
                mount --bind "/run/lab/$name" "$target"
                ;;
        esac
    done
}

# Commands of `ip -batch`: the two ends of an uplink.
client_end() {
    case $1 in
        lan0)
            echo "address add 192.168.77.2/24 dev lan0
                  address add fd00:77::2/64 dev lan0 nodad
                  link set lan0 up
                  route add default via 192.168.77.1 dev lan0
                  route add default via fd00:77::1 dev lan0 metric 1024"
            ;;
        ovpn)
            echo "address add 10.8.0.2/24 dev ovpn
                  address add 10.8.0.3/24 dev ovpn
                  address add fd00:8::2/64 dev ovpn nodad
                  address add fd00:8::3/64 dev ovpn nodad preferred_lft 0
                  link set ovpn up
                  route add default via 10.8.0.1 dev ovpn metric 500
                  route add default via fd00:8::1 dev ovpn metric 2048"
            ;;
    esac
}

far_end() {
    local address
    echo "link set lo up"
    case $1 in
        lan0)
            echo "address add 192.168.77.1/24 dev client
                  address add fd00:77::1/64 dev client nodad
                  address add fd00:77::9/64 dev client nodad"
            ;;
        ovpn)
            echo "address add 10.8.0.1/24 dev client
                  address add fd00:8::1/64 dev client nodad"
            ;;
    esac
    echo "link set client up"
    for address in "${internet[@]}"; do
        case $address in
            *:*) echo "address add $address/128 dev lo nodad" ;;
            *) echo "address add $address/32 dev lo" ;;
        esac
    done
}

links() {
    local side
    settings
    for side in lan0 ovpn; do
        ip netns add "$side"
        ip netns exec "$side" "$BASH" "$self" settings
        ip link add "$side" type veth peer name client netns "$side"
        far_end "$side" | ip -netns "$side" -batch -
        client_end "$side" | ip -batch -
    done
    ip link set lo up
    # Ping without root, as on most systems. A user namespace maps one group only.
    echo '0 2147483647' 2>/dev/null >/proc/sys/net/ipv4/ping_group_range ||
        echo '0 0' >/proc/sys/net/ipv4/ping_group_range
}

# Of the network namespace that this process is in, before it has any link.
settings() (
    cd /proc/sys/net
    for scope in all default; do
        echo 0 >"ipv4/conf/$scope/rp_filter" # answers may come by the uplink that is not the default one
        echo 0 >"ipv6/conf/$scope/accept_dad"
        echo 0 >"ipv6/conf/$scope/disable_ipv6"
    done
    echo 0 >ipv4/ip_forward # so that an address nobody has is silence, not an ICMP error
    echo $((0x607)) >ipv4/tcp_fastopen # both ends, and without a cookie
)

# What programs cause, and not what the kernel sends of its own: neighbour discovery, membership
# reports, errors and resets about sockets that are gone, and acknowledgements, because those of a
# closed IPv6 connection (TIME_WAIT) follow the routing table whatever the socket was bound to.
# A connection through the wrong uplink shows in its SYN and its data.
counters() {
    nft -f - <<'RULES'
table inet lab {
    counter lan0 { }
    counter ovpn { }
    # For those who look what a counter has counted: of late, because emptying a set waits for all processors.
    set seen4 { type ifname . ipv4_addr . inet_proto . inet_service; flags dynamic, timeout; timeout 20s; size 1000; }
    set seen6 { type ifname . ipv6_addr . inet_proto . inet_service; flags dynamic, timeout; timeout 20s; size 1000; }
    chain out {
        type filter hook output priority 0;
        meta l4proto igmp accept
        tcp flags & (syn | fin | psh) == 0 accept
        icmp type { echo-reply, destination-unreachable, time-exceeded, parameter-problem } accept
        icmpv6 type { echo-reply, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
        icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld-listener-reduction, mld2-listener-report } accept
        oifname { "lan0", "ovpn" } add @seen4 { oifname . ip daddr . meta l4proto . @th,16,16 }
        oifname { "lan0", "ovpn" } add @seen6 { oifname . ip6 daddr . meta l4proto . @th,16,16 }
        oifname "lan0" counter name lan0
        oifname "ovpn" counter name ovpn
    }
}
RULES
}

count() {
    nft list counters | sed -n 's/.*counter \([a-z0-9]*\) {.*/\1/p; s/.*packets \([0-9]*\) .*/\1/p' | paste -d ' ' - -
}

seen() {
    nft list sets inet | grep -o '"[a-z0-9]*" \. [^,}]*' | sed 's/ expires.*//; s/ \. / /g; s/"//g'
}

# Waits until the kernel has nothing more to send for connections that programs have closed. The kernel closes an MPTCP connection
# by itself after its program has ended, and only then its TCP connection (to port 77) is seen to end.
settle() {
    local tries=500
    while awk '$4 ~ /^(04|05|08|09|0B)$/ || ($4 == "01" && $3 ~ /:004D$/) { ending = 1 } END { exit !ending }' /proc/self/net/tcp /proc/self/net/tcp6; do
        [ $((tries -= 1)) -gt 0 ] || fail 'connections of an earlier command do not end'
        sleep 0.01
    done
}

reset() {
    settle
    nft reset counters >/dev/null
}

tools() {
    local command status
    while read -r command; do
        status=0
        case $command in
            count | seen | reset | plug | unplug) ("$command") || status=$? ;;
            *) fail "no tool '$command'" ;;
        esac
        echo "end $status"
    done
}

unplug() {
    ip -batch - <<'COMMANDS'
link set ovpn down
link set ovpn name unplugged
COMMANDS
}

plug() {
    {
        echo 'address flush dev unplugged
              link set unplugged name ovpn'
        client_end ovpn
    } | ip -batch -
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
    serve | run | keep | settings) "$command" "$@" ;;
    exec) execute "$@" ;;
    words)
        entering "$@"
        printf '%s\n' "${words[@]}"
        ;;
    count | seen | reset | unplug | plug | tools) execute "$1" root "$BASH" "$self" "in-$command" ;;
    in-*) "${command#in-}" ;;
    *)
        sed -n '2,/^set /s/^# \{0,1\}//p' "$self" >&2
        exit 2
        ;;
esac
