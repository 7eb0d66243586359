// A program without libc:
//
//	talk.go NETWORK ADDRESS:PORT   connects to the lab's echo service and prints its answer
//	talk.go resolve NAME           prints the addresses that Go's own resolver finds
package main

import (
	"bufio"
	"context"
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
	if network == "resolve" {
		resolver := net.Resolver{PreferGo: true}
		addresses, err := resolver.LookupHost(context.Background(), address)
		for _, found := range addresses {
			fmt.Println(found)
		}
		return err
	}
	connection, err := net.DialTimeout(network, address, 10*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(10 * time.Second))
	if network[:3] == "udp" {
		if _, err := connection.Write([]byte("hello\n")); err != nil {
			return err
		}
	}
	answer, err := bufio.NewReader(connection).ReadString('\n')
	fmt.Print(answer)
	return err
}
