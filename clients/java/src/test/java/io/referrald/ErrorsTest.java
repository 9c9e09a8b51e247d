package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.referrald.v1.Campaign;
import io.referrald.v1.CampaignServiceGrpc;
import io.referrald.v1.CreateCampaignRequest;
import io.referrald.v1.CreateReferrerRequest;
import io.referrald.v1.EndCampaignRequest;
import io.referrald.v1.ErrorReason;
import io.referrald.v1.GetCampaignRequest;
import io.referrald.v1.LaunchCampaignRequest;
import io.referrald.v1.ListCampaignsRequest;
import io.referrald.v1.Mode;
import io.referrald.v1.PauseCampaignRequest;
import io.referrald.v1.Person;
import io.referrald.v1.Referrer;
import io.referrald.v1.Rule;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each kind of refusal, with what the service says about it. */
class ErrorsTest {
  private static final String NOBODY = "cmp_" + "0".repeat(32);
  private static final ListCampaignsRequest LIST = ListCampaignsRequest.getDefaultInstance();

  private final ReferraldClient client = ReferraldClient.connect();

  @AfterEach
  void close() {
    client.close();
  }

  private static ReferraldError refused(Executable call) {
    return ReferraldError.of(assertThrows(StatusRuntimeException.class, call));
  }

  private static void assertKind(Status.Code code, ErrorReason reason, ReferraldError error) {
    assertEquals(List.of(code, reason), List.of(error.code(), error.reason()), error.message());
  }

  @Test
  void wrongFieldsAreAllNamed() {
    var rule = Rule.newBuilder().setCurrency("e").setWindowDays(4000);
    var campaign = Campaign.newBuilder().setMode(Mode.MODE_TEST).setRule(rule);
    var request = CreateCampaignRequest.newBuilder().setCampaign(campaign).build();
    var error = refused(() -> client.campaigns().createCampaign(request));
    assertKind(Status.Code.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_FIELDS, error);
    var fields = error.violations().stream().map(ReferraldError.Violation::field).toList();
    var expected = List.of("campaign.display_name", "campaign.rule.currency", "campaign.rule.target_minor");
    assertTrue(fields.containsAll(expected), fields.toString());
    assertTrue(error.violations().stream().noneMatch(violation -> violation.description().isEmpty()));
    assertTrue(error.message().contains("campaign.rule.currency"));
  }

  @Test
  void whatIsNotThere() {
    var error = refused(() -> client.campaigns().getCampaign(GetCampaignRequest.newBuilder().setId(NOBODY).build()));
    assertKind(Status.Code.NOT_FOUND, ErrorReason.ERROR_REASON_NOT_FOUND, error);
    assertEquals(Map.of("kind", "campaign", "name", NOBODY), error.metadata());
  }

  @Test
  void whatIsTaken() {
    var person = Person.newBuilder().setEmail("ada-" + Surroundings.unique() + "@example.com");
    var request = CreateReferrerRequest.newBuilder().setReferrer(Referrer.newBuilder().setPerson(person)).build();
    var first = client.referrals().createReferrer(request).getReferrer();
    var error = refused(() -> client.referrals().createReferrer(request));
    assertKind(Status.Code.ALREADY_EXISTS, ErrorReason.ERROR_REASON_ALREADY_EXISTS, error);
    assertEquals(Map.of("kind", "referrer", "name", first.getId(), "unique", "email"), error.metadata());
  }

  @Test
  void whatWasChangedMeanwhile() {
    var campaign = Surroundings.liveCampaign(client);
    var request = PauseCampaignRequest.newBuilder().setId(campaign.getId()).setEtag("old").build();
    var error = refused(() -> client.campaigns().pauseCampaign(request));
    assertKind(Status.Code.ABORTED, ErrorReason.ERROR_REASON_ETAG_MISMATCH, error);
    assertEquals(Map.of("given", "old", "current", campaign.getEtag()), error.metadata());
  }

  @Test
  void whatTheStateDoesNotAllow() {
    var campaign = Surroundings.liveCampaign(client);
    var request = LaunchCampaignRequest.newBuilder().setId(campaign.getId()).build();
    var error = refused(() -> client.campaigns().launchCampaign(request));
    assertKind(Status.Code.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_CAMPAIGN_STATE, error);
    assertEquals("LIVE", error.metadata().get("state"));
  }

  @Test
  void aKeyThatIsNotGood() {
    try (var stranger = ReferraldClient.builder().key("rfd_wrong").build()) {
      var error = refused(() -> stranger.campaigns().listCampaigns(LIST));
      assertKind(Status.Code.UNAUTHENTICATED, ErrorReason.ERROR_REASON_KEY_INVALID, error);
    }
  }

  @Test
  void aKeyWithoutTheScope() {
    try (var reader = ReferraldClient.builder().key(Surroundings.variable("REFERRALD_KEY_READ")).build()) {
      var request = EndCampaignRequest.newBuilder().setId(NOBODY).build();
      var error = refused(() -> reader.campaigns().endCampaign(request));
      assertKind(Status.Code.PERMISSION_DENIED, ErrorReason.ERROR_REASON_SCOPE_MISSING, error);
      assertEquals(Map.of("needed", "write"), error.metadata());
    }
  }

  @Test
  void aMessageThatIsTooLargeIsSentOnce() {
    var request = GetCampaignRequest.newBuilder().setId("x".repeat(4 << 20)).build();
    var error = refused(() -> client.campaigns().getCampaign(request));
    assertKind(Status.Code.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE, error);
    assertEquals(Optional.empty(), error.retryAfter());
  }

  @Test
  void nobodyListens() throws IOException {
    ServerSocket closed = Surroundings.blackHole();
    closed.close();
    try (var lost = ReferraldClient.builder().address(Surroundings.address(closed)).build()) {
      var error = refused(() -> lost.campaigns().listCampaigns(LIST));
      assertKind(Status.Code.UNAVAILABLE, ErrorReason.ERROR_REASON_UNSPECIFIED, error);
      assertTrue(error.violations().isEmpty());
    }
  }

  @Test
  void theTimeIsOver() throws IOException {
    try (var hole = Surroundings.blackHole()) {
      var builder = ReferraldClient.builder().address(Surroundings.address(hole));
      try (var patient = builder.build()) {
        var stub = patient.campaigns().withDeadlineAfter(200, TimeUnit.MILLISECONDS);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, refused(() -> stub.listCampaigns(LIST)).code());
      }
      try (var hasty = builder.timeout(Duration.ofMillis(200)).build()) {
        assertEquals(Status.Code.DEADLINE_EXCEEDED, refused(() -> hasty.campaigns().listCampaigns(LIST)).code());
      }
    }
  }

  @Test
  void aFutureFailsWithTheSame() {
    var stub = CampaignServiceGrpc.newFutureStub(client.channel());
    var call = stub.getCampaign(GetCampaignRequest.newBuilder().setId("x").build());
    var error = ReferraldError.of(assertThrows(ExecutionException.class, call::get));
    assertKind(Status.Code.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_FIELDS, error);
    assertEquals("id", error.violations().get(0).field());
  }

  @Test
  void aCallMayBeCanceled() throws IOException {
    try (var hole = Surroundings.blackHole();
        var patient = ReferraldClient.builder().address(Surroundings.address(hole)).build()) {
      var call = CampaignServiceGrpc.newFutureStub(patient.channel()).listCampaigns(LIST);
      assertFalse(call.isDone());
      assertTrue(call.cancel(true));
      assertTrue(call.isCancelled());
    }
  }
}
