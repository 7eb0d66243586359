#!/bin/sh
# Prints the cases of tests/kernels/guest.c for a kernel: cases.sh ARCHITECTURE VERSION
#
# They are those of tests/EndToEnd that need no more than the programs of tests/programs: the same ways out, at the same
# addresses, with the same answers.
set -eu

architecture=$1
kernel=${2%%-*}

web4=198.51.100.1 other4=198.51.100.2 web6=2001:db8:1::1 other6=2001:db8:1::2
mapped=::ffff:$web4
dns4=203.0.113.53 override4=203.0.113.54 dns6=2001:db8:53::6 override6=2001:db8:53::7
silent=198.51.100.99
nobody=10.8.0.77
lan0_netns='/proc/$(cat /run/lan0.pid)/ns/net'
bound='bti-supervise --interface ovpn'
excluding="$bound --exclude $web4,$other4,$web6,$other6"
excluding_other="$bound --exclude $other4,$other6"

case $architecture in
    amd64) doors='native 32' all_doors='native int80 socketcall 32 socketcall32' ;;
    *) doors=native all_doors=native ;;
esac
everyone='root user'

# --- what the cases are made of -----------------------------------------------------------------

# emit NAME WHO LAN0 OVPN EXPECTED COMMAND [SUPERVISE]
emit() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1 ($2)" "$2" "$3" "$4" "$5" "$6" "${7:-}"
}

# skip REASON COUNT
skip() {
    echo "skipped: $2, $1" >&2
}

at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$kernel" | sort -V | head -n 1)" = "$1" ]
}

door() {
    case $1 in
        native) echo ways ;;
        int80) echo ways --entry int80 ;;
        socketcall) echo ways --entry socketcall ;;
        32) echo ways.32 ;;
        socketcall32) echo ways.32 --entry socketcall ;;
        x32) echo ways --entry x32 ;;
        arm) echo ways.arm ;;
    esac
}

# By which entries somebody's programs go, where it makes no difference who goes by which.
doors_of() {
    if [ $1 = user ]; then echo $doors; else echo native; fi
}

# The second destination of ways that have one, of the family of an address.
other_of() {
    case $1 in
        ::ffff:*) echo ::ffff:$other4 ;;
        *:*) echo $other6 ;;
        *) echo $other4 ;;
    esac
}

# The answer of a side to a client that asks at an address.
answer_of() {
    case $1-$2 in
        lan0-::ffff:* | lan0-*.*) echo 'lan0 192.168.77.2 *' ;;
        lan0-*) echo 'lan0 fd00:77::2 *' ;;
        ovpn-::ffff:* | ovpn-*.*) echo 'ovpn 10.8.0.2 *' ;;
        # A deprecated address is not taken, but busybox's ip cannot make one.
        ovpn-*) echo 'ovpn fd00:8::[23] *' ;;
    esac
}

# each DOOR WAY OPTIONS ADDRESS…: the words of a shell that sends to one address after the other.
each() {
    local words way=$2 options=$3 address script=
    words=$(door $1)
    shift 3
    for address; do
        script="$script${script:+; }$words --other $(other_of $address) $options $way $address 7"
    done
    echo "sh -ec '$script'"
}

answers() {
    local side=$1 address expected=
    shift
    for address; do
        expected="$expected${expected:+;}$(answer_of $side $address)"
    done
    echo "$expected"
}

# run_ways LABEL SUPERVISE SIDE "WHO…" "DOORS" OPTIONS "ADDRESSES" WAY…: each is answered by SIDE, and nothing goes by the other.
run_ways() {
    local label=$1 supervise=$2 side=$3 whos=$4 by=$5 options=$6 addresses=$7 way who door lan0=0 ovpn=+
    shift 7
    [ $side = ovpn ] || { lan0=+ ovpn=0; }
    for way; do
        for who in $whos; do
            for door in $by; do
                emit "$label: $way by $door" $who $lan0 $ovpn "$(answers $side $addresses)*" \
                    "$(each $door $way "$options" $addresses)" "$supervise"
            done
        done
    done
}

# says NAME WHO LAN0 OVPN EXPECTED DOOR "OPTIONS" WAY [ADDRESS [PORT]] [-- SUPERVISE]
says() {
    local name=$1 who=$2 lan0=$3 ovpn=$4 expected=$5 by=$6 options=$7 way=$8 address=${9:-} port=${10:-7} supervise=${11:-$bound --}
    emit "$name: $way by $by${address:+ to $address}" $who $lan0 $ovpn "$expected" \
        "$(door $by) ${address:+--other $(other_of $address)} $options $way ${address:+$address $port}" "$supervise"
}

# --- the ways out ---------------------------------------------------------------------------------

send_ways='connect-tcp connect-tcp-nonblocking connect-tcp-bound-port connect-tcp-fastopen connect-udp connect-udp-nonblocking
    connect-udplite reconnect-udp reconnect-udp-at-once reconnect-tcp sendto-udp sendto-udp-bound-port sendto-udplite sendto-corked
    sendto-more sendto-connected-tcp sendto-fastopen sendmsg-udp sendmsg-no-address sendmsg-fastopen sendmsg-pieces
    sendmsg-hop-limit received-sendto received-connect sendto-edge'
native_ways='sendto-read-only connect-read-only sendto-low-half-zero connect-high-bits sendto-high-bits'
three="$web4 $web6 $mapped"

# Messages that the supervisor sends for a program with several threads, and that are no IP packets.
messages_of_threads() {
    local who=$1 calls='*' handled=0
    # Before, any signal interrupts a call that is with the supervisor (docs/strict.md).
    if at_least 5.19; then calls=1 handled=1; fi
    message() { emit "strict: messages of several threads: $1" $who 0 0 "$2*" "message $1" "$bound --strict -q --"; }
    message rights "one: 1;taken: 1;most: 1;taken: 253;too many: EINVAL;none: EBADF;*;still open: 1"
    message stream "sent: 4194304;calls: $calls;as sent: 1;without waiting: 1;full: EAGAIN;full: EAGAIN;timeout: EAGAIN;nothing: 0"
    message 'broken handled' "quiet: Broken pipe;handled: 0;loud: Broken pipe;handled: $handled"
    message 'broken ignored' "quiet: Broken pipe;handled: 0;loud: Broken pipe;handled: 0"
    message interrupted 'interrupted: EINTR;handled: 1'
    message 'interrupted restarts' 'restarted: 4096;handled: 1'
    message datagrams 'bind: 0;sent: 1000;missing: ENOENT'
    message 'datagrams connected' 'bind: 0;connect: 0;sent: 1000;nobody: ECONNREFUSED'
    message vectors 'several: 3;lengths: 10 20 30000;a wrong one: 1'
}

sending() {
    # That the cases can fail: without the supervisor each of them goes by the default route.
    run_ways 'unsupervised' '' lan0 user native '' "$three" $send_ways $native_ways
    run_ways 'bound' "$bound --" ovpn "$everyone" "$doors" '' "$three" $send_ways
    run_ways 'bound' "$bound --" ovpn "$everyone" native '' "$three" $native_ways
    run_ways 'excluded' "$excluding --" lan0 "$everyone" native '' "$three" $send_ways
    if [ $architecture = amd64 ]; then
        run_ways 'bound' "$bound --" ovpn user int80 '' "$three" connect-tcp connect-udp reconnect-udp sendto-udp sendto-more \
            sendto-fastopen sendmsg-udp sendmsg-fastopen sendmsg-pieces sendmsg-hop-limit
        run_ways 'bound' "$bound --" ovpn user 'socketcall socketcall32' '' "$three" connect-udp sendto-udp sendmsg-udp sendmsg-fastopen
        run_ways 'excluded' "$excluding --" lan0 user 32 '' "$three" connect-tcp connect-udp sendto-udp sendmsg-udp sendmsg-fastopen
    fi
    for who in $everyone; do
        for by in $doors; do
            run_ways 'strict' "$bound --strict --" ovpn $who $by '' "$three" connect-tcp connect-tcp-nonblocking connect-udp \
                sendto-udp sendmsg-udp sendto-fastopen
            # In IPv6 an association is not dissolved (docs/strict.md).
            emit "strict: reconnect-udp by $by" $who 0 + "$(answer_of ovpn $web4);disconnect EAFNOSUPPORT;$(answer_of ovpn $mapped)*" \
                "$(each $by reconnect-udp '' $three)" "$bound --strict --"
            run_ways 'bound, IPv4' "$bound --" ovpn $who $by '' $web4 sendto-unspec-family sendto-inet-on-inet6 connect-inet-on-inet6 disconnect-sendto
            for way in connect-ping sendto-ping sendmsg-ping; do
                emit "ping: $way by $by" $who 0 2 'pong;pong' "$(each $by $way '' $web4 $web6)" "$bound --"
            done
            for way in sendto-udp-connected-elsewhere sendmsg-udp-connected-elsewhere; do
                emit "connected elsewhere: $way by $by" $who 0 3 'sent;sent;sent' "$(each $by $way --no-answer $three)" "$bound --"
            done
            for way in reconnect-udp disconnect-sendto; do
                run_ways 'was excluded' "$excluding_other --" ovpn $who $by '' "$web4 $mapped" $way | sed 's/\t0\t+\t/\t-\t+\t/'
            done
            for way in reconnect-udp-at-once sendto-udp-connected-elsewhere; do
                emit "source of an excluded one: $way by $by" $who - - '*' "$(each $by $way --no-answer $three)" "$excluding_other --"
            done
        done
        messages_of_threads $who
        for way in connect-timeout:EINPROGRESS connect-interrupted:EINTR; do
            says 'no answer' $who 0 + "connect ${way#*:}" native '' ${way%:*} $silent
            says 'no answer, excluded' $who + 0 "connect ${way#*:}" native '' ${way%:*} $silent 7 "$bound --exclude $silent --"
        done
        says 'unconnected' $who 0 0 'sendto EPIPE' native '' sendto-unconnected-tcp $web4
    done
}

bound_addresses() {
    for who in $everyone; do
        for by in $(doors_of $who); do
            for way in connect-tcp-bound-address connect-udp-bound-address sendto-udp-bound-address sendto-fastopen-bound-address; do
                for pair in $web4-192.168.77.2-10.8.0.3 $web6-fd00:77::2-fd00:8::3 $mapped-::ffff:192.168.77.2-::ffff:10.8.0.3; do
                    address=${pair%%-*} sources=${pair#*-}
                    own=${sources#*-}
                    says 'another address' $who 0 0 "${way%%-*} EADDRNOTAVAIL" $by "--source ${sources%-*}" $way $address
                    says 'its own address' $who 0 + "ovpn ${own#::ffff:} *" $by "--source $own" $way $address
                done
            done
        done
    done
}

raw_sockets() {
    for by in $doors; do
        for way in raw-ping raw-ping-sendmsg connect-raw raw-unspec-family; do
            emit "raw: $way by $by" root 0 2 'pong;pong' "$(each $by $way '' $web4 $web6)" "$bound --"
        done
        run_ways 'raw' "$bound --" ovpn root $by '--source fd00:8::2' "$web4 $web6" raw-udp raw-header raw-header-protocol-raw
        run_ways 'raw, excluded' "$bound --exclude $web4 --" lan0 root $by '' $web4 raw-udp raw-header raw-header-protocol-raw
        for address in $web4 $web6; do
            says 'raw, portless' root - - 'setsockopt EPERM' $by '' portless-header $address 0 "$bound --exclude $address --"
            says 'raw, portless' root - - headers $by '' portless-header $address 0
        done
        says 'raw, mapped' root 0 - '*' $by '' raw-mapped $mapped 0
        says 'raw, zero copy' root 0 1 sent $by '' raw-zerocopy $web6 0
    done
    run_ways 'raw, unsupervised' '' lan0 root native '--source fd00:77::2' "$web4 $web6" raw-udp raw-header raw-header-protocol-raw
    for way in raw-header-disguised raw-header-connected-disguised raw-header-late-disguised; do
        # To the excluded address at most, which is where the call says that it goes.
        emit "raw, disguised: $way" root - - '*' "$(each native $way '--source fd00:77::2' $web4 $web6)" "$excluding_other --"
    done
}

steering() {
    for who in $everyone; do
        for by in $(doors_of $who); do
            for pair in pktinfo-device:sendmsg pktinfo-device-sendmmsg:sendmmsg unicast-if:setsockopt unicast-if-connect:setsockopt \
                bind-device-sendto:setsockopt bind-device-connect-tcp:setsockopt bind-device-padded:setsockopt \
                bind-index-sendto:setsockopt bind-index-connect-tcp:setsockopt; do
                way=${pair%:*} call=${pair#*:}
                emit "another interface: $way by $by" $who 0 0 "$call EPERM;$call EPERM" "$(each $by $way '--device lan0' $web4 $web6)" "$bound --"
                run_ways 'its own interface' "$bound --" ovpn $who $by '--device ovpn' "$web4 $web6" $way
            done
            for pair in sticky-pktinfo:setsockopt pktinfo-2292:sendmsg; do
                says 'another interface' $who 0 0 "${pair#*:} EPERM" $by '--device lan0' ${pair%:*} $web6
                run_ways 'its own interface' "$bound --" ovpn $who $by '--device ovpn' $web6 ${pair%:*}
            done
            for pair in pktinfo-ipv4-on-mapped:sendmsg unicast-if-ipv4-on-mapped:setsockopt; do
                says 'another interface' $who 0 0 "${pair#*:} EPERM" $by '--device lan0' ${pair%:*} $mapped
                run_ways 'its own interface' "$bound --" ovpn $who $by '--device ovpn' $mapped ${pair%:*}
            done
            for address in $web4 $web6; do
                says 'another interface' $who 0 0 'sendmsg EPERM' $by '--device lan0' pktinfo-device-connected $address
                run_ways 'its own interface' "$bound --" ovpn $who $by '--device ovpn' $address pktinfo-device-connected
                says 'another interface' $who 0 0 'sendmsg EPERM' $by '--device lan0' portless-pktinfo $address 0
            done
            for pair in $web4-192.168.77.2 $web6-fd00:77::2 $mapped-::ffff:192.168.77.2; do
                says 'another address' $who 0 0 'sendmsg EADDRNOTAVAIL' $by "--source ${pair#*-}" pktinfo-address ${pair%%-*}
            done
            says 'another address' $who 0 0 'setsockopt EPERM' $by '--source fd00:77::2' sticky-pktinfo-address $web6
            for way in unbind-device unbind-index rebind-device rebind-index; do
                emit "binding: $way by $by" $who 0 0 'setsockopt EPERM;setsockopt EPERM' "$(each $by $way '--device lan0' $web4 $web6)" "$bound --"
            done
            for way in misbound-sendto misbound-connect; do
                emit "failed bind: $way by $by" $who 0 - '*' "$(each $by $way '--device lan0 --no-answer' $web6 $mapped)" "$bound --"
            done
            for way in connect-udp sendto-udp sendmsg-udp; do
                says 'link-local' $who 0 0 "${way%%-*} ENETUNREACH" $by --no-answer $way fe80::77%lan0
                says 'link-local group' $who 0 0 "${way%%-*} ENETUNREACH" $by --no-answer $way ff02::77%lan0
                says 'link-local group' $who 0 1 sent $by --no-answer $way ff02::77%ovpn
            done
        done
    done
    # Elsewhere than below the supervisor, each of them steers.
    run_ways 'unsupervised' '' ovpn user native '--device ovpn' "$web4 $web6" pktinfo-device pktinfo-device-sendmmsg unicast-if \
        bind-device-sendto bind-device-connect-tcp bind-index-sendto
    says 'mark' root 0 + 'ovpn 10.8.0.2 *' native '' mark-message $web4
}

multicast() {
    local group4=239.7.7.7 group6=ff0e::77
    for who in $everyone; do
        for by in $(doors_of $who); do
            for way in sendto-udp sendmsg-udp connect-udp; do
                emit "group: $way by $by" $who 0 3 'sent;sent;sent' "$(each $by $way --no-answer $group4 $group6 ::ffff:$group4)" "$bound --"
            done
            for address in 255.255.255.255 10.8.0.255; do
                says broadcast $who 0 1 sent $by --no-answer broadcast $address
            done
            says broadcast $who 0 - '*' $by --no-answer broadcast 192.168.77.255
            for way in multicast-if-mreqn multicast-if-connect; do
                says 'another interface' $who 0 0 'setsockopt EPERM|setsockopt ENODEV' $by '--device lan0 --no-answer' $way $group4
                says 'its own interface' $who 0 1 sent $by '--device ovpn --no-answer' $way $group4
            done
            says 'another interface' $who 0 0 'setsockopt EPERM|setsockopt ENODEV' $by '--device lan0 --no-answer' multicast-if-index6 $group6
            says 'its own interface' $who 0 1 sent $by '--device ovpn --no-answer' multicast-if-index6 $group6
            for way in join-index join-group join-source-group; do
                says 'another interface' $who - - 'setsockopt EPERM|setsockopt ENODEV' $by '--device lan0' $way $group4
                says 'its own interface' $who - - 'joined ovpn' $by '--device ovpn' $way $group4
                says 'no interface named' $who - - 'joined ovpn' $by '--source 0.0.0.0' $way $group4
            done
            for way in join-index6 join-group; do
                says 'another interface' $who - - 'setsockopt EPERM|setsockopt ENODEV' $by '--device lan0' $way $group6
                says 'its own interface' $who - - 'joined ovpn' $by '--device ovpn' $way $group6
                says 'no interface named' $who - - 'joined ovpn' $by '' $way $group6
            done
            says 'no interface named' $who - - left $by '' leave $group4
        done
    done
}

families() {
    for who in $everyone; do
        for by in $(doors_of $who); do
            # IPv6 has no SOCK_PACKET (10), which the filter tells otherwise than the kernel.
            emit "families by $by" $who 0 0 same "$bound -- $(door $by) families | grep -v '^family [0-9]* type 10 ' >/tmp/families.$who; $(door $by) families | grep -v ' type 10 ' | sed -E '/^family (1|2|10|16|38) /!s/[^ ]*\$/EAFNOSUPPORT/' | cmp - /tmp/families.$who && echo same"
            says family $who 0 + 'ovpn 10.8.0.2 *' $by '' connect-mptcp $web4
            says family $who 0 0 'socket EPROTONOSUPPORT' $by '' connect-smc-protocol $web4
            says ring $who 0 0 'io_uring_setup ENOSYS' $by '' uring-sendmsg $web4
            says ring $who 0 0 'io_uring_setup ENOSYS' $by '' uring-connect $web4
            says ring $who 0 0 'setup ENOSYS;enter ENOSYS;register ENOSYS' $by '' uring-calls
            # The far side's answer is none that this association knows: what counts is by which uplink it is asked for.
            for way in connect-sctp sctp-connectx; do
                emit "SCTP: $way by $by" $who 0 + '*' "timeout 1 $(door $by) --no-answer $way $web4 7; true" "$bound --"
            done
        done
    done
    emit 'SCTP, unsupervised' user + 0 '*' "timeout 1 ways --no-answer connect-sctp $web4 7; true"
    for by in $all_doors; do
        [ $by = socketcall32 ] || says family root 0 0 'socket EAFNOSUPPORT' $by '--device lan0' packet
        says family root 0 0 'socket EAFNOSUPPORT' $by '' packet-by-inet
    done
    says family root 0 0 'socket EAFNOSUPPORT' native '' family-high-bits
    [ $architecture = arm64 ] || says family user 0 0 'socket ENOSYS' x32 '' connect-udp $web4
    if [ $architecture = arm64 ]; then
        for way in connect-tcp connect-udp sendto-udp sendmsg-udp sendmsg-fastopen sendmsg-pieces received-sendto; do
            emit "a 32-bit program, unsupervised: $way" user + 0 "$(answers lan0 $three)" "$(each arm $way '' $three)"
            for who in $everyone; do
                emit "a 32-bit program: $way" $who 0 + "$(answers ovpn $three)" "$(each arm $way '' $three)" "$bound --"
            done
        done
    fi
}

descriptors() {
    for who in $everyone; do
        for pair in pass-udp:inherited-sendto pass-udp:inherited-connect pass-tcp:inherited-connect; do
            emit "inherited: $pair" $who 0 + "$(answers ovpn $web4)" "ways ${pair%:*} $web4 7 $bound -- ways ${pair#*:} $web4 7"
            emit "inherited, excluded: $pair" $who + 0 "$(answers lan0 $web4)" "ways ${pair%:*} $web4 7 $excluding -- ways ${pair#*:} $web4 7"
        done
        emit 'inherited connection' $who + 0 "$(answers lan0 $web4)" "ways pass-udp-connected $web4 7 $bound -- ways inherited-send $web4 7"
    done
    for as in '' 'guest user'; do
        for use in inherited-sendto inherited-connect; do
            emit "inherited from root, of another interface: $as $use" root 0 - '*' \
                "ways --device lan0 pass-udp-bound-device $web4 7 $as $bound -- ways $use $web4 7"
            # Before, the namespace of the thread stands for it.
            at_least 5.14 || skip 'sockets of this kernel do not tell their network namespace (5.14)' 1
            ! at_least 5.14 || emit "another network namespace: $as $use" root 0 0 "${use#*-} ENETUNREACH" \
                "ways --netns $lan0_netns pass-foreign $web4 7 $as $bound -- ways $use $web4 7"
        done
        emit "inherited from root: $as raw" root 0 1 pong "ways pass-raw $web4 7 $as $bound -- ways inherited-ping $web4 7"
        emit "inherited from root: $as packet" root 0 0 '*EAFNOSUPPORT' \
            "ways pass-packet $web4 7 $as $bound -- ways --device lan0 inherited-packet $web4 7"
    done
    for by in $doors; do
        for way in foreign-sendto foreign-connect foreign-connect-tcp foreign-program; do
            says 'another network namespace' root 0 0 'sendto ENETUNREACH|connect ENETUNREACH' $by "--netns $lan0_netns" $way $web4
        done
    done
}

memory_and_sizes() {
    for who in $everyone; do
        for by in $(doors_of $who); do
            for way in unreadable-arguments odd-lengths; do
                for address in $web4 $web6; do
                    emit "as unsupervised: $way by $by to $address" $who - - same \
                        "$(door $by) $way $address 7 >/tmp/plain.$who; $bound -- $(door $by) $way $address 7 | cmp - /tmp/plain.$who && echo same"
                done
            done
            for way in unix-sendto unix-relative-path unix-credentials netlink-links alg-sha256; do
                emit "as unsupervised: $way by $by" $who 0 0 same \
                    "cd /tmp; $(door $by) $way >/tmp/plain.$who; $bound -- $(door $by) $way | cmp - /tmp/plain.$who && echo same"
            done
            says memory $who 0 0 'sendto EFAULT' $by '' sendto-edge-too-long $web4
            for way in size-zero size-large pieces-most pieces-large; do
                run_ways size "$bound --" ovpn $who $by '' "$web4 $web6" $way
            done
            for way in size-largest pieces-largest; do
                emit "size: $way by $by" $who 0 2 'sent;sent' "$(each $by $way --no-answer $web4 $web6)" "$bound --"
            done
            for way in size-too-large pieces-too-many; do
                says size $who 0 0 'send* EMSGSIZE' $by '' $way $web4
            done
            for way in segments-by-message segments-by-option; do
                says size $who 0 + 'answers 5 ovpn' $by '' $way $web4
                says size $who 0 + 'answers 5 ovpn' $by '' $way $web6
            done
            for address in $three; do
                says vector $who 0 6 'count 6 lengths 1,2,3,4,5,6 answers ovpn,ovpn,ovpn,ovpn,ovpn,ovpn' $by '' sendmmsg-mixed $address
                says vector $who 3 3 'count 6 lengths 1,2,3,4,5,6 answers ovpn,lan0,ovpn,lan0,ovpn,lan0' $by '' sendmmsg-mixed $address 7 "$excluding_other --"
                says vector $who 0 2 'count 2 lengths 1,2,99,99 answers ovpn,ovpn,-,-' $by '' sendmmsg-bad-third $address
            done
            says vector $who 0 1 'count 1 lengths 1,99,99 answers ovpn,-,-' $by '--device lan0' sendmmsg-second-names-device $web4
            says vector $who 0 0 'sendmmsg EPERM' $by '--device lan0' sendmmsg-first-names-device $web6
            says threads $who 160 160 "$web4 ovpn 160;$other4 lan0 160" $by '--count 20' many-threads $web4 7 "$excluding_other --"
            says threads $who 160 160 "$web6 ovpn 160;$other6 lan0 160" $by '--count 20' many-threads $web6 7 "$excluding_other --"
            says peer $who 1 + "$(answers ovpn $web4)" $by '' peer-after-sendto $web4 7 "$excluding_other --"
            says peer $who 0 + "$(answers ovpn $web6)" $by '' peer-after-sendto $web6 7 "$excluding_other --"
            says peer $who 0 + "$(answers ovpn $web4)" $by '' peer-after-connect-tcp $web4 7 "$excluding_other --"
            says peer $who + 0 "$(answers lan0 $web6)" $by '' peer-after-connect-tcp $web6 7 "$bound --exclude $web6 --"
        done
        says 'zero copy' $who 0 + 'ovpn *;completed' native '' zero-copy $web4
        run_ways 'zero copy' "$bound --" ovpn $who native '' "$web4 $web6" zero-copy-unasked
        emit blocked-timeout $who 0 - 'sendto EAGAIN' "ways --other $nobody blocked-timeout $web4 7" "$bound --"
        emit blocked-interrupted $who 0 - 'sendto EINTR' "ways --other $nobody blocked-interrupted $web4 7" "$bound --"
    done
}

# --- names, excludes, and what the supervisor does as a parent ----------------------------------------

names() {
    local both="$bound --dns $override4,$override6"
    for who in $everyone; do
        for pair in :udp -t:tcp -s:udp; do
            how=${pair%:*} protocol=${pair#*:}
            # What is connected is a copy; where it sends without connecting, the program's own address is the override's.
            local four=$dns4 six=$dns6
            [ "$how" != -s ] || { four=$override4 six=$override6; }
            emit "DNS: ask $how" $who 0 + "passed $four 53;peer $override4 53;answer ovpn $override4 53 $protocol" "ask $how $dns4 53" "$both --"
            emit "DNS: ask $how" $who 0 + "passed $six 53;peer $override6 53;answer ovpn $override6 53 $protocol" "ask $how $dns6 53" "$both --"
            emit "DNS, mapped: ask $how" $who 0 + "passed ::ffff:$four 53;peer ::ffff:$override4 53;answer ovpn $override4 53 $protocol" \
                "ask $how ::ffff:$dns4 53" "$both --"
            emit "DNS, no interface: ask $how" $who + 0 "passed $four 53;peer $override4 53;answer lan0 $override4 53 $protocol" \
                "bti-supervise --dns $override4 -- ask $how $dns4 53"
        done
        for how in -r -rt; do
            emit "DNS, read-only: ask $how" $who 0 + "passed $dns4 53;peer $override4 53;answer ovpn $override4 53 *" "ask $how $dns4 53" "$both --"
        done
        emit 'DNS, another port' $who 0 + "passed $dns4 5353;peer $dns4 5353;answer ovpn $dns4 5353 udp" "$both -- ask $dns4 5353"
        emit 'DNS, a port of its own' $who 0 + "passed $dns4 53;peer $override4 5353;*" "$bound --dns $override4:5353 -- ask $dns4 53"
        emit 'DNS, no server of the family' $who 0 0 'connect: ECONNREFUSED;exit 1' "$bound --dns $override4 -- ask -6 $dns6 53"
        for resolver in resolve $(if [ $architecture = amd64 ]; then echo resolve.musl resolve.32; fi); do
            emit "DNS: $resolver" $who + 0 '10.1.53.53' "$resolver side.test 4"
            emit "DNS: $resolver" $who 0 + '10.2.53.53' "$resolver side.test 4" "$bound --"
            emit "DNS: $resolver" $who 0 + '10.2.53.54' "$resolver side.test 4" "$both --"
            emit "DNS: $resolver" $who 0 + 'fd00::2:35:36' "$bound --dns $override4 -- $resolver side.test 6"
            # musl asks by TCP from 1.2.4 on.
            [ $resolver = resolve.musl ] || emit "DNS, truncated: $resolver" $who 0 + '10.2.53.54' "$resolver big.test 4" "$both --"
        done
        emit 'DNS: nslookup' $who 0 + '*10.2.53.54*' "$bound --dns $override4 -- nslookup -type=a side.test $dns4"
        emit 'DNS: Go' $who 0 + '*10.2.53.54*' "$bound --dns $override4 -- talk.go resolve side.test"
        emit 'Go' $who 0 + "$(answers ovpn $web4)" "$bound -- talk.go tcp $web4:7"
        emit 'Go' $who 0 + "$(answers ovpn $web6)" "$bound -- talk.go udp [$web6]:7"
    done
}

excludes() {
    for who in $everyone; do
        for triple in '198.51.100.1 198.51.100.1 198.51.100.2' '198.51.100.0/31 198.51.100.1 198.51.100.2' '192.168.77 192.168.77.9 192.168.78.9' \
            '192.168. 192.168.78.9 172.16.5.5' '10.1 10.1.0.1 10.100.0.1' '2001:db8:1::1 2001:db8:1::1 2001:db8:1::2' \
            'fd00:77::/64 fd00:77::9 2001:db8:1::1' '198.51.100.1 ::ffff:198.51.100.1 ::ffff:198.51.100.2'; do
            set -- $triple
            for kind in '' -n -u; do
                emit "exclude $1: talk $kind $2" $who + 0 "$(answers lan0 $2)" "talk $kind $2 7" "$bound --exclude $1 --"
                emit "exclude $1: talk $kind $3" $who 0 + "$(answers ovpn $3)" "talk $kind $3 7" "$bound --exclude $1 --"
            done
        done
        emit 'loopback' $who 0 0 'connect: ENETUNREACH;exit 1' "$bound -- talk 127.0.0.1 7"
        emit 'loopback, excluded' $who 0 0 'connect: ECONNREFUSED;exit 1' "$bound --exclude loopback -- talk 127.0.0.1 7"
        emit 'source address' $who 0 + 'ovpn 10.8.0.3 *' "$bound --source-ip 10.8.0.3 -- talk $web4 7"
        emit 'source address' $who 0 + 'ovpn fd00:8::3 *' "$bound --source-ip fd00:8::3 -- talk -u $web6 7"
        emit 'threads' $who 0 + 'ovpn 10.8.0.2 *;ovpn 10.8.0.2 *;ovpn 10.8.0.2 *;ovpn 10.8.0.2 *' "$bound -- talk -t 4 $web4 7"
        emit 'no interface' $who + 0 'lan0 192.168.77.2 *' "bti-supervise -- talk $web4 7"
        emit 'absent interface' $who 0 0 'connect: ENETUNREACH;exit 1' "bti-supervise -i nosuch0 -- talk $web4 7"
        emit 'absent interface, excluded' $who + 0 'lan0 192.168.77.2 *' "bti-supervise -i nosuch0 --exclude $web4 -- talk $web4 7"
    done
}

parent() {
    for who in $everyone; do
        emit 'status' $who 0 0 'exit 7' "$bound -- sh -c 'exit 7'"
        emit 'status: killed' $who 0 0 'signal 10' "exec $bound -- sh -c 'kill -USR1 \$\$'"
        emit 'status: not found' $who 0 0 'exit 127' "$bound -- nosuchprogram"
        emit 'status: wrong option' $who 0 0 'exit 125' "bti-supervise --nosuch -- true"
        emit 'environment and arguments' $who 0 0 'a b;x' "X=x $bound -- sh -c 'echo \"\$1\"; echo \$X' sh 'a b'"
        for signal in TERM:15 HUP:1 USR1:10 USR2:12 WINCH:28; do
            emit "signal ${signal%:*}" $who 0 0 "ready;got ${signal#*:};ended 0" "sh /cases.d/signal ${signal%:*} ${signal#*:}"
        done
        for signal in TERM:143 USR1:138; do
            emit "killed by a forwarded ${signal%:*}" $who 0 0 "ended ${signal#*:}" "sh /cases.d/killed ${signal%:*}"
        done
        emit 'orphans are adopted' $who 0 0 '5 adopted;ended 0' 'sh /cases.d/orphans'
        emit 'a daemon stays bound' $who 0 + 'ovpn 10.8.0.2 *' "f=/tmp/daemon.\$\$; $bound -- talk -d \$f $web4 7; cat \$f"
        emit 'what is left stays bound, and the status is the program'\''s' $who 0 + 'ovpn 10.8.0.2 *;ended 7' "sh /cases.d/left"
        for how in '' -u -n; do
            emit "the supervisor dies: talk $how" $who 0 - 'ovpn 10.8.0.2 *;connect: ENOSYS' "sh /cases.d/death $how"
        done
    done
    for as in '' 'guest user'; do
        for how in '' -u; do
            emit "the interface comes and goes: $as talk $how" root 0 - \
                'connect: ENETUNREACH;ovpn 10.8.0.2 *;connect: ENETUNREACH;ovpn 10.8.0.2 *;ended 0' "sh /cases.d/plug '$as' $how"
        done
        emit "the interface has no route: $as" root 0 - '*' "sh /cases.d/routeless '$as'"
    done
}

sending
bound_addresses
raw_sockets
steering
multicast
families
descriptors
memory_and_sizes
names
excludes
parent
