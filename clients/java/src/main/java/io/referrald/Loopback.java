package io.referrald;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Whether an address is one of this machine, without asking anybody. */
final class Loopback {
  private Loopback() {}

  static boolean holds(String address) {
    String host = URI.create("//" + address).getHost();
    if (host == null || host.equals("localhost")) {
      return host != null;
    }
    // Only numbers: a name would be looked up.
    if (!host.startsWith("[") && !host.matches("[0-9.]+")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException malformed) {
      return false;
    }
  }
}
