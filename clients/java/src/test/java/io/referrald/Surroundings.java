package io.referrald;

import com.google.gson.JsonParser;
import io.referrald.v1.Campaign;
import io.referrald.v1.CreateCampaignRequest;
import io.referrald.v1.LaunchCampaignRequest;
import io.referrald.v1.Mode;
import io.referrald.v1.Rule;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A real referrald, which {@code clients/conformance/server run} starts around these tests. */
final class Surroundings {
  private Surroundings() {}

  /** A variable of the server around. */
  static String variable(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException("These tests need a server around them: run scripts/clients test java");
    }
    return value;
  }

  /** 16 digits that no other test has. */
  static String unique() {
    return UUID.randomUUID().toString().replace("-", "").substring(16);
  }

  /** {@code stop} or {@code start}, at the same address with the same database. */
  static void server(String command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(variable("REFERRALD_SERVER"), command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("server " + command + " ended with " + status);
    }
  }

  /** A live campaign: 100.00 EUR within 30 days. */
  static Campaign liveCampaign(ReferraldClient client) {
    var rule = Rule.newBuilder().setCurrency("eur").setTargetMinor(10_000).setWindowDays(30);
    var draft = Campaign.newBuilder().setMode(Mode.MODE_TEST).setDisplayName("Bring a friend").setRule(rule);
    var made = client.campaigns().createCampaign(CreateCampaignRequest.newBuilder().setCampaign(draft).build());
    var launch = LaunchCampaignRequest.newBuilder().setId(made.getCampaign().getId()).build();
    return client.campaigns().launchCampaign(launch).getCampaign();
  }

  /** An address where connections are taken by the system, and nothing is ever answered. */
  static ServerSocket blackHole() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static String address(ServerSocket socket) {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** A server of its own that takes one call at a time, and what it logs. */
  static final class Busy implements AutoCloseable {
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    final String address;

    Busy(Path folder) throws IOException, InterruptedException {
      var database = "--database=sqlite:" + folder.resolve("a.db");
      var options = Stream.of("--dev", "--no-sidecar", "--listen=127.0.0.1:0", "--calls-max=1", database);
      var program = Stream.concat(Stream.of(variable("REFERRALD_BINARY"), "serve"), options).toList();
      var builder = new ProcessBuilder(program).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().keySet().removeIf(name -> name.startsWith("REFERRALD_"));
      process = builder.start();
      reader = new Thread(this::read);
      reader.start();
      var ready = JsonParser.parseString(untilItSays("\"ready\"")).getAsJsonObject();
      address = ready.getAsJsonObject("fields").get("grpc").getAsString();
    }

    private void read() {
      try (BufferedReader log = process.errorReader()) {
        for (String line = log.readLine(); line != null; line = log.readLine()) {
          add(line);
        }
      } catch (IOException ended) {
        add("the log ended: " + ended);
      }
    }

    private synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    /** Waits for a line of its log that has all these words. */
    synchronized String untilItSays(String... words) throws InterruptedException {
      for (int seen = 0; ; seen++) {
        while (seen == lines.size()) {
          wait();
        }
        if (Stream.of(words).allMatch(lines.get(seen)::contains)) {
          return lines.get(seen);
        }
      }
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
      reader.join();
    }
  }
}
