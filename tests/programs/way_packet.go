// Go's unconnected datagram sockets, which send with an address: way_packet NETWORK ADDRESS:PORT
// prints the answer of the lab's echo service.
package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(network, address string) error {
	to, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return err
	}
	socket, err := net.ListenPacket(network, ":0")
	if err != nil {
		return err
	}
	defer socket.Close()
	if _, err := socket.WriteTo([]byte("who\n"), to); err != nil {
		return err
	}
	answer := make([]byte, 1024)
	socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	size, _, err := socket.ReadFrom(answer)
	fmt.Print(string(answer[:size]))
	return err
}
