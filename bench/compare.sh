#!/usr/bin/env bash
# Tries bti-supervise and other ways to send a program's traffic through one interface, side by side in the lab, and prints the
# table of docs/comparison.md. As root; needs passt, firejail, proxychains4, microsocks, golang-go, gcc, curl, socat.
#
# Each cell is what happened: "yes" if the answer came by ovpn, "leaks" if it came by lan0, "no" if there was none. Where a way does
# not work as an ordinary user, it is tried as root, and the column says so.
set -uo pipefail
cd "$(dirname "$0")/.."
if [ -z "${BTI_LAB:-}" ]; then
    mkdir -p artifacts/test-programs
    gcc -static -pthread -o artifacts/test-programs/talk.static tests/programs/talk.c
    gcc -shared -fPIC -o artifacts/test-programs/preload.so bench/compare/preload.c
    CGO_ENABLED=0 go build -o artifacts/test-programs/talk.go tests/programs/talk.go
    exec tests/lab/lab.sh run "$0"
fi

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"; kill $(jobs -p) 2>/dev/null' EXIT
# A way that starts a daemon (pasta) may leave it behind, which would hold the output open: what it prints goes to a file.
lab() { timeout -k 2 15 tests/lab/lab.sh exec "$BTI_LAB" "$@"; }

# What some of the ways need, made by root before: a namespace that has the interface, a proxy behind it.
cat >"$work/proxychains.conf" <<'CONF'
strict_chain
proxy_dns
quiet_mode
tcp_read_time_out 5000
tcp_connect_time_out 5000
[ProxyList]
socks5 10.8.0.1 1080
CONF
chmod 644 "$work/proxychains.conf"
lab_forever() { tests/lab/lab.sh exec "$BTI_LAB" "$@"; }
lab_forever root nsenter --net=/run/netns/ovpn microsocks -i 10.8.0.1 -p 1080 >/dev/null 2>&1 &
# As on a usual machine, everybody may make a tun device of their own.
lab root sh -c 'mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200'
lab_forever root socat TCP-LISTEN:8000,bind=127.0.0.1,reuseaddr,fork SYSTEM:'echo here' >/dev/null 2>&1 &

# way NAME: sets `prefix`, the words before a program.
way() {
    case $1 in
        bti-supervise) prefix=(/run/lab/bti-supervise -q -i ovpn --) ;;
        bti-supervise-loopback) prefix=(/run/lab/bti-supervise -q -i ovpn --exclude loopback --) ;;
        LD_PRELOAD) prefix=(env BIND_INTERFACE=ovpn LD_PRELOAD=/run/lab/programs/preload.so) ;;
        namespace) prefix=(ip netns exec vpn) ;;
        pasta) prefix=(pasta --quiet --config-net --outbound-if4 ovpn --outbound-if6 ovpn --) ;;
        firejail) prefix=(firejail --quiet --noprofile --net=ovpn --ip=10.8.0.9 --defaultgw=10.8.0.1 --) ;;
        proxychains) prefix=(proxychains4 -q -f "$work/proxychains.conf") ;;
    esac
}

# verdict: of the answer on standard input.
verdict() {
    local answer
    answer=$(cat)
    case $answer in
        *ovpn* | *10.2.53.*) echo yes ;;
        *lan0* | *10.1.53.*) echo leaks ;;
        *) echo no ;;
    esac
}

try() {
    lab "$who" "${prefix[@]}" "$@" </dev/null >"$work/answer" 2>/dev/null
    verdict <"$work/answer"
}

# start: the median of 21 starts of `true`, in milliseconds.
start() {
    lab "$who" bash -c 'for i in {1..21}; do s=$EPOCHREALTIME; "$@" true </dev/null >/dev/null 2>&1; e=$EPOCHREALTIME
        echo $(((${e/./} - ${s/./}))); done' bash "${prefix[@]}" | sort -n | awk '{ t[NR] = $1 } END { if (NR) printf "%.0f ms", t[int((NR + 1) / 2)] / 1000 }'
}

# listens: whether the program can be reached on this machine's own loopback.
listens() {
    local port=$((9000 + RANDOM % 1000)) tries=0 answer=no
    tests/lab/lab.sh exec "$BTI_LAB" "$who" timeout 8 "${prefix[@]}" socat -u SYSTEM:'echo heard' "TCP-LISTEN:$port,reuseaddr" </dev/null >/dev/null 2>&1 &
    while [ $((tries += 1)) -le 20 ]; do
        if [ "$(lab root timeout 2 socat -u "TCP:127.0.0.1:$port" - 2>/dev/null)" = heard ]; then
            answer=yes
            break
        fi
        sleep 0.1
    done
    echo "$answer"
}

row() {
    local name=$1 title=$2
    way "$name"
    who=user
    if [ "$(try curl -sS -4 -m 5 http://198.51.100.1/)" = no ]; then who=root; fi
    lab "$who" "${prefix[@]}" socat -u TCP:127.0.0.1:8000 - </dev/null >"$work/answer" 2>/dev/null
    loopback=$(cat "$work/answer")
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$title" "$([ $who = root ] && echo yes || echo no)" \
        "$(try curl -sS -4 -m 5 http://198.51.100.1/)" "$(try curl -sS -6 -m 5 'http://[2001:db8:1::1]/')" "$(try /run/lab/programs/talk.udp -u 198.51.100.1 7)" \
        "$(try getent ahostsv4 side.test)" "$(try /run/lab/programs/talk.static 198.51.100.1 7)" "$(try /run/lab/programs/talk.go tcp4 198.51.100.1:7)" \
        "$([ "$loopback" = here ] && echo yes || echo no)" "$(listens)" "$(start)"
}

cp artifacts/test-programs/talk artifacts/test-programs/talk.udp 2>/dev/null || gcc -pthread -o artifacts/test-programs/talk.udp tests/programs/talk.c
echo '| way | needs root | TCP, IPv4 | TCP, IPv6 | UDP | names | static program | Go program | reaches services on loopback | can be reached on loopback | start of `true` |'
echo '|---|---|---|---|---|---|---|---|---|---|---|'
row bti-supervise 'bti-supervise'
row bti-supervise-loopback 'bti-supervise with `--exclude loopback`'
row LD_PRELOAD 'an `LD_PRELOAD` library'
row pasta 'pasta'
row firejail 'firejail'
row proxychains 'proxychains4, with a SOCKS proxy behind the interface'
# The interface belongs to the namespace from now on.
lab root sh -c 'ip netns add vpn; ip link set ovpn netns vpn; ip -n vpn link set lo up; ip -n vpn address add 10.8.0.2/24 dev ovpn
    ip -n vpn address add fd00:8::2/64 dev ovpn nodad; ip -n vpn link set ovpn up; ip -n vpn route add default via 10.8.0.1; ip -n vpn route add default via fd00:8::1' >/dev/null
row namespace 'a network namespace (`ip netns exec`) that has the interface'
