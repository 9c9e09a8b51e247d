package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.referrald.v1.CampaignServiceGrpc;
import io.referrald.v1.CreateReferrerRequest;
import io.referrald.v1.CreateReferrerResponse;
import io.referrald.v1.ListCampaignsRequest;
import io.referrald.v1.ListCampaignsResponse;
import io.referrald.v1.ListReferrersRequest;
import io.referrald.v1.Person;
import io.referrald.v1.ReferralServiceGrpc;
import io.referrald.v1.Referrer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails for a moment is tried again, and done once. */
class RetryTest {
  private static final ListCampaignsRequest LIST = ListCampaignsRequest.getDefaultInstance();

  private static CreateReferrerRequest referrer(String email) {
    var person = Person.newBuilder().setEmail(email);
    return CreateReferrerRequest.newBuilder().setReferrer(Referrer.newBuilder().setPerson(person)).build();
  }

  @Test
  void aRestartOfTheServerIsNotNoticed() throws Exception {
    var email = "ada-" + Surroundings.unique() + "@example.com";
    try (var client = ReferraldClient.connect()) {
      client.referrals().createReferrer(referrer("before-" + email));
      Surroundings.server("stop");
      var call = ReferralServiceGrpc.newFutureStub(client.channel()).createReferrer(referrer(email));
      Surroundings.server("start");
      var made = call.get().getReferrer();
      var found = client.referrals().listReferrers(ListReferrersRequest.newBuilder().setEmail(email).build());
      assertEquals(List.of(made.getId()), found.getReferrersList().stream().map(Referrer::getId).toList());
    }
  }

  /** A call that has the only place of the server until its message is sent. */
  private static final class Holder extends ClientCall.Listener<ListCampaignsResponse> {
    final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void onClose(Status status, Metadata trailers) {
      closed.countDown();
    }
  }

  private static ClientCall<ListCampaignsRequest, ListCampaignsResponse> hold(ManagedChannel raw) {
    var method = CampaignServiceGrpc.getListCampaignsMethod();
    while (true) {
      var holder = new Holder();
      var held = raw.newCall(method, CallOptions.DEFAULT);
      held.start(holder, new Metadata());
      held.request(1);
      while (holder.closed.getCount() > 0) {
        // Who asks beside it is refused once it is there; before that, it may be the holder that is.
        ListenableFuture<?> other = ClientCalls.futureUnaryCall(raw.newCall(method, CallOptions.DEFAULT), LIST);
        if (isRefused(other)) {
          return held;
        }
      }
    }
  }

  private static boolean isRefused(ListenableFuture<?> call) {
    try {
      call.get();
      return false;
    } catch (ExecutionException | InterruptedException refused) {
      return true;
    }
  }

  @Test
  void whoIsToldToWaitWaits(@TempDir Path folder) throws Exception {
    try (var busy = new Surroundings.Busy(folder);
        var client = ReferraldClient.builder().address(busy.address).key("").build()) {
      var raw = Grpc.newChannelBuilder(busy.address, InsecureChannelCredentials.create()).disableRetry().build();
      var held = hold(raw);
      var began = System.nanoTime();
      var mark = new Metadata();
      mark.put(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER), "refused-once");
      var stub = CampaignServiceGrpc.newFutureStub(client.channel());
      var call = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(mark)).listCampaigns(LIST);
      busy.untilItSays("refused-once", "ResourceExhausted");
      held.sendMessage(LIST);
      held.halfClose();
      assertEquals(0, call.get().getCampaignsCount());
      assertTrue(System.nanoTime() - began > Duration.ofMillis(900).toNanos(), "the service said one second");
      raw.shutdownNow();
    }
  }

  /** Is away for every first try of a call, and keeps what it is asked. */
  private static final class Faltering extends ReferralServiceGrpc.ReferralServiceImplBase
      implements ServerInterceptor {
    final List<String> ids = new ArrayList<>();
    final List<Metadata> headers = new ArrayList<>();

    @Override
    public void createReferrer(CreateReferrerRequest request, StreamObserver<CreateReferrerResponse> answer) {
      ids.add(request.getRequestId());
      if (ids.size() % 2 == 1) {
        answer.onError(Status.UNAVAILABLE.withDescription("in a moment").asRuntimeException());
        return;
      }
      answer.onNext(CreateReferrerResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, P> call, Metadata metadata, ServerCallHandler<Q, P> next) {
      headers.add(metadata);
      return Contexts.interceptCall(Context.current(), call, metadata, next);
    }
  }

  private static String header(Metadata headers, String name) {
    return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  @Test
  void everyTryOfACreateHasTheSameRequestId() throws Exception {
    var faltering = new Faltering();
    var builder = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create());
    var server = builder.addService(faltering).intercept(faltering).directExecutor().build().start();
    try (var client = ReferraldClient.builder().address("localhost:" + server.getPort()).key("rfd_x").build()) {
      client.referrals().createReferrer(referrer("ada@example.com"));
      client.referrals().createReferrer(referrer("ada@example.com"));
      client.referrals().createReferrer(CreateReferrerRequest.newBuilder().setRequestId("my own").build());
    }
    server.shutdownNow().awaitTermination();
    assertEquals(List.of("my own", "my own"), faltering.ids.subList(4, 6));
    assertEquals(faltering.ids.get(0), faltering.ids.get(1));
    assertEquals(faltering.ids.get(2), faltering.ids.get(3));
    assertNotEquals(faltering.ids.get(0), faltering.ids.get(2));
    assertNotEquals("", faltering.ids.get(0));
    for (var headers : faltering.headers) {
      assertEquals("Bearer rfd_x", header(headers, "authorization"));
      assertTrue(header(headers, "user-agent").startsWith("referrald-java/"));
    }
  }
}
