package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.referrald.v1.CreateReferralRequest;
import io.referrald.v1.CreateReferralResponse;
import io.referrald.v1.CreateReferrerRequest;
import io.referrald.v1.ListReferralsRequest;
import io.referrald.v1.ListReferralsResponse;
import io.referrald.v1.Person;
import io.referrald.v1.Referral;
import io.referrald.v1.ReferralServiceGrpc;
import io.referrald.v1.Referrer;
import java.util.ArrayList;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** Long lists, and many calls side by side. */
class StoryTest {
  @Test
  void aThousandReferralsArePagedThrough() throws Exception {
    try (var client = ReferraldClient.connect()) {
      var campaign = Surroundings.liveCampaign(client);
      var domain = Surroundings.unique() + ".example";
      var ada = Referrer.newBuilder().setPerson(Person.newBuilder().setEmail("ada@" + domain));
      var asked = CreateReferrerRequest.newBuilder().setReferrer(ada).build();
      var referrer = client.referrals().createReferrer(asked).getReferrer();
      var stub = ReferralServiceGrpc.newFutureStub(client.channel());
      for (int first = 0; first < 1000; first += 50) {
        var calls = new ArrayList<ListenableFuture<CreateReferralResponse>>();
        for (int number = first; number < first + 50; number++) {
          var guest = Person.newBuilder().setEmail("guest-" + number + "@" + domain).setFirstName("Guest");
          var register = CreateReferralRequest.newBuilder().setCampaignId(campaign.getId());
          calls.add(stub.createReferral(register.setReferrerId(referrer.getId()).setPerson(guest).build()));
        }
        Futures.allAsList(calls).get();
      }
      var wanted = ListReferralsRequest.newBuilder().setCampaignId(campaign.getId()).setPageSize(300).build();
      var found = ReferraldClient.all(
          client.referrals()::listReferrals, wanted, ListReferralsResponse::getReferralsList);
      var ids = found.map(Referral::getId).toList();
      assertEquals(1000, ids.size());
      assertEquals(1000, new HashSet<>(ids).size());
    }
  }
}
