# The client's ends of the two uplinks, sourced by init and by cases that take one away.

lan0_up() {
    ip addr add 192.168.77.2/24 dev lan0
    ip addr add fd00:77::2/64 dev lan0
    ip link set lan0 up
    ip route add default via 192.168.77.1 dev lan0
    ip -6 route add default via fd00:77::1 dev lan0 metric 1024
}

ovpn_up() {
    ip addr add 10.8.0.2/24 dev ovpn
    ip addr add 10.8.0.3/24 dev ovpn
    ip addr add fd00:8::3/64 dev ovpn
    ip addr add fd00:8::2/64 dev ovpn
    ip link set ovpn up
    ip route add default via 10.8.0.1 dev ovpn metric 500
    ip -6 route add default via fd00:8::1 dev ovpn metric 2048
}
