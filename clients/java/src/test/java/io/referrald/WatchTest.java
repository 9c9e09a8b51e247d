package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.referrald.v1.CreateReferralRequest;
import io.referrald.v1.CreateReferrerRequest;
import io.referrald.v1.Mode;
import io.referrald.v1.Person;
import io.referrald.v1.Referrer;
import io.referrald.v1.WatchEventsRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Events as they come. */
class WatchTest {
  /** Registers somebody; the id of the referral. */
  private static String register(ReferraldClient client, String campaign) {
    var domain = Surroundings.unique() + ".example";
    var ada = Referrer.newBuilder().setPerson(Person.newBuilder().setEmail("ada@" + domain));
    var referrer = client.referrals().createReferrer(CreateReferrerRequest.newBuilder().setReferrer(ada).build());
    var ben = Person.newBuilder().setEmail("ben@" + domain).setFirstName("Ben");
    var request = CreateReferralRequest.newBuilder().setCampaignId(campaign).setPerson(ben);
    var made = client.referrals().createReferral(request.setReferrerId(referrer.getReferrer().getId()).build());
    return made.getReferral().getId();
  }

  @Test
  void eventsAreWatchedAcrossARestartOfTheServer() throws Exception {
    try (var client = ReferraldClient.connect()) {
      var campaign = Surroundings.liveCampaign(client).getId();
      var request = WatchEventsRequest.newBuilder().setMode(Mode.MODE_TEST).setCampaignId(campaign);
      try (var events = client.watch(request.build())) {
        var first = register(client, campaign);
        var told = events.next();
        assertEquals("referral.registered", told.getEvent().getType());
        assertEquals(first, told.getEvent().getReferralId());
        Surroundings.server("stop");
        Surroundings.server("start");
        var second = register(client, campaign);
        assertEquals(second, events.next().getEvent().getReferralId());
        try (var again = client.watch(request.setCursor(told.getCursor()).build())) {
          assertEquals(second, again.next().getEvent().getReferralId());
        }
        var waits = CompletableFuture.supplyAsync(events::hasNext);
        events.close();
        assertFalse(waits.get(), "nothing comes after the end");
      }
    }
  }

  @Test
  void aWatchThatIsRefusedSaysWhy() {
    try (var client = ReferraldClient.connect()) {
      var request = WatchEventsRequest.newBuilder().setMode(Mode.MODE_TEST).setCursor("x").build();
      try (var events = client.watch(request)) {
        var refused = assertThrows(StatusRuntimeException.class, events::hasNext);
        var error = ReferraldError.of(refused);
        assertEquals(Status.Code.INVALID_ARGUMENT, error.code());
        assertEquals(List.of("cursor"), error.violations().stream().map(ReferraldError.Violation::field).toList());
      }
    }
  }
}
