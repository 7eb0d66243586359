// Prints the IPv4 addresses that Java's own class finds: java resolve.java NAME
import java.net.InetAddress;

class resolve {
    public static void main(String[] arguments) throws Exception {
        for (InetAddress address : InetAddress.getAllByName(arguments[0])) {
            System.out.println(address.getHostAddress());
        }
    }
}
