package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.referrald.v1.ListCampaignsRequest;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where to, and how safely. */
class ConnectTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @ParameterizedTest
  @CsvSource({
    "localhost:1, true",
    "127.3.2.1:1, true",
    "[::1]:1, true",
    "refer.example:1, false",
    "10.0.0.5:1, false",
    "localhost.example:1, false",
    "127.0.0.1.example:1, false",
  })
  void onlyTheLoopbackIsWithoutTlsByItself(String address, boolean plain) {
    assertEquals(plain, Loopback.holds(address));
  }

  private static KeyStore keys(Path folder) throws Exception {
    var file = folder.resolve("keys.p12");
    var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var make = new ProcessBuilder(
        tool, "-genkeypair", "-keystore", file.toString(), "-storepass", new String(PASSWORD), "-alias", "proxy",
        "-keyalg", "RSA", "-dname", "CN=localhost", "-ext", "san=dns:localhost");
    assertEquals(0, make.inheritIO().start().waitFor());
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = new FileInputStream(file.toFile())) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLServerSocket listen(KeyStore keys) throws Exception {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
    var parameters = listener.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    listener.setSSLParameters(parameters);
    return listener;
  }

  /** Ends TLS before the server, until the listener is closed. */
  private static void proxy(SSLServerSocket listener) {
    String[] upstream = Surroundings.variable("REFERRALD_ADDRESS").split(":");
    inThread(() -> {
      while (true) {
        Socket here = listener.accept();
        Socket there = new Socket(upstream[0], Integer.parseInt(upstream[1]));
        inThread(() -> pump(here.getInputStream(), there.getOutputStream()));
        inThread(() -> pump(there.getInputStream(), here.getOutputStream()));
      }
    });
  }

  private static void pump(InputStream from, OutputStream to) throws IOException {
    try (from; to) {
      var buffer = new byte[65536];
      for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
        to.write(buffer, 0, length);
        to.flush();
      }
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void inThread(Io work) {
    var thread = new Thread(() -> {
      try {
        work.run();
      } catch (IOException closed) {
        // The other side went away, as it may.
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void tlsWithAnAuthorityOfOnesOwn(@TempDir Path folder) throws Exception {
    var keys = keys(folder);
    var encoded = Base64.getMimeEncoder().encodeToString(keys.getCertificate("proxy").getEncoded());
    var pem = folder.resolve("cert.pem");
    Files.writeString(pem, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    try (var listener = listen(keys)) {
      proxy(listener);
      var builder = ReferraldClient.builder().address("localhost:" + listener.getLocalPort()).plaintext(false);
      var request = ListCampaignsRequest.newBuilder().setPageSize(1).build();
      try (var untrusting = builder.build()) {
        var thrown = assertThrows(StatusRuntimeException.class, () -> untrusting.campaigns().listCampaigns(request));
        assertEquals(Status.Code.UNAVAILABLE, ReferraldError.of(thrown).code());
      }
      try (var trusting = builder.trust(pem).build()) {
        trusting.campaigns().listCampaigns(request);
      }
    }
  }
}
