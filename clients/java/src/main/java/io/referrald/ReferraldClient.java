package io.referrald;

import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.referrald.v1.CampaignServiceGrpc;
import io.referrald.v1.QualificationServiceGrpc;
import io.referrald.v1.ReferralServiceGrpc;
import io.referrald.v1.RewardServiceGrpc;
import io.referrald.v1.WatchEventsRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** The services over one connection, which is made at the first call. Threads may share it. */
public final class ReferraldClient implements AutoCloseable {
  private static final String VERSION = "0.1.0";

  /** Where the service says how long to wait, the library waits so long. */
  private static final Map<String, ?> RETRIES =
      Map.of(
          "maxAttempts", 5.0,
          "initialBackoff", "0.25s",
          "maxBackoff", "5s",
          "backoffMultiplier", 2.5,
          "retryableStatusCodes", List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED"));

  /** What is larger would not be sent a second time; the service takes 4 MiB. */
  private static final int RETRY_BUFFER_BYTES = 5 << 20;

  private final ManagedChannel connection;
  private final Channel channel;

  private ReferraldClient(ManagedChannel connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  /**
   * Connects as the environment says: to {@code REFERRALD_ADDRESS}, else 127.0.0.1:50051, with the key in {@code
   * REFERRALD_KEY}, else none.
   *
   * @return a client
   */
  public static ReferraldClient connect() {
    return builder().build();
  }

  /**
   * Connects in another way than the environment says.
   *
   * @return what a client is made from
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Campaigns, call by call.
   *
   * @return the service
   */
  public CampaignServiceGrpc.CampaignServiceBlockingStub campaigns() {
    return CampaignServiceGrpc.newBlockingStub(channel);
  }

  /**
   * People, call by call.
   *
   * @return the service
   */
  public ReferralServiceGrpc.ReferralServiceBlockingStub referrals() {
    return ReferralServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Facts and what follows from them, call by call.
   *
   * @return the service
   */
  public QualificationServiceGrpc.QualificationServiceBlockingStub qualifications() {
    return QualificationServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Rewards, call by call.
   *
   * @return the service
   */
  public RewardServiceGrpc.RewardServiceBlockingStub rewards() {
    return RewardServiceGrpc.newBlockingStub(channel);
  }

  /**
   * What all other stubs are made with, as {@code CampaignServiceGrpc.newFutureStub(client.channel())}.
   *
   * @return the connection with all that this client adds
   */
  public Channel channel() {
    return channel;
  }

  /**
   * All elements of a list. The next page is asked for when the elements before it are used up.
   *
   * @param call the call that lists, such as {@code client.campaigns()::listCampaigns}
   * @param request what to list
   * @param of takes the elements from a page, such as {@code ListCampaignsResponse::getCampaignsList}
   * @param <Q> the request
   * @param <P> a page
   * @param <T> an element
   * @return the elements
   */
  public static <Q extends Message, P extends Message, T> Stream<T> all(
      Function<Q, P> call, Q request, Function<P, List<T>> of) {
    Function<P, P> next =
        page -> {
          Object token = page.getField(page.getDescriptorForType().findFieldByName("next_page_token"));
          return token.equals("") ? null : call.apply(with(request, "page_token", token));
        };
    return Stream.iterate(call.apply(request), Objects::nonNull, next::apply).flatMap(page -> of.apply(page).stream());
  }

  /**
   * Every event from the request's cursor on, and then each new one as it comes, until the watch is closed.
   *
   * @param request which events, and from where on
   * @return the events
   */
  public Watch watch(WatchEventsRequest request) {
    return new Watch(qualifications(), request);
  }

  /** A copy of a message with another value in a field. */
  @SuppressWarnings("unchecked")
  static <M extends Message> M with(M message, String field, Object value) {
    var changed = message.getDescriptorForType().findFieldByName(field);
    return (M) message.toBuilder().setField(changed, value).build();
  }

  /** Ends the connection, and calls under way with it. */
  @Override
  public void close() {
    connection.shutdownNow();
  }

  /** What a client is made from. */
  public static final class Builder {
    private String address = System.getenv().getOrDefault("REFERRALD_ADDRESS", "127.0.0.1:50051");
    private String key = System.getenv().getOrDefault("REFERRALD_KEY", "");
    private Boolean plaintext;
    private Path authorities;
    private Duration timeout = Duration.ofSeconds(10);

    private Builder() {}

    /**
     * Where the service is. Default: REFERRALD_ADDRESS, else 127.0.0.1:50051.
     *
     * @param address {@code HOST:PORT}
     * @return this
     */
    public Builder address(String address) {
      this.address = address;
      return this;
    }

    /**
     * Who calls. Default: REFERRALD_KEY, else nobody.
     *
     * @param key an API key; empty for none
     * @return this
     */
    public Builder key(String key) {
      this.key = key;
      return this;
    }

    /**
     * Whether to do without TLS. Default: on the loopback only.
     *
     * @param plaintext whether to do without
     * @return this
     */
    public Builder plaintext(boolean plaintext) {
      this.plaintext = plaintext;
      return this;
    }

    /**
     * Whom to trust with TLS. Default: the authorities that Java knows.
     *
     * @param authorities a file with their certificates, as PEM
     * @return this
     */
    public Builder trust(Path authorities) {
      this.authorities = authorities;
      return this;
    }

    /**
     * How long a call may take with all its retries, where it brings no deadline. Default: ten seconds.
     *
     * @param timeout how long
     * @return this
     */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /**
     * Makes the client; nothing is sent before its first call.
     *
     * @return the client
     */
    public ReferraldClient build() {
      boolean plain = plaintext == null ? Loopback.holds(address) : plaintext;
      ManagedChannel connection =
          Grpc.newChannelBuilder(address, plain ? InsecureChannelCredentials.create() : tls())
              .defaultServiceConfig(
                  Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", RETRIES))))
              .perRpcBufferLimit(RETRY_BUFFER_BYTES)
              .keepAliveTime(60, TimeUnit.SECONDS)
              .userAgent("referrald-java/" + VERSION)
              .build();
      return new ReferraldClient(connection, ClientInterceptors.intercept(connection, new Calls(key, timeout)));
    }

    private io.grpc.ChannelCredentials tls() {
      try {
        return authorities == null
            ? TlsChannelCredentials.create()
            : TlsChannelCredentials.newBuilder().trustManager(authorities.toFile()).build();
      } catch (IOException unreadable) {
        throw new IllegalArgumentException("cannot read " + authorities, unreadable);
      }
    }
  }
}
