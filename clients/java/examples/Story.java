import com.google.protobuf.Timestamp;
import io.referrald.ReferraldClient;
import io.referrald.v1.AddWebhookSecretRequest;
import io.referrald.v1.Campaign;
import io.referrald.v1.Charge;
import io.referrald.v1.ChargeStatus;
import io.referrald.v1.CreateCampaignRequest;
import io.referrald.v1.CreateReferralRequest;
import io.referrald.v1.CreateReferrerRequest;
import io.referrald.v1.Delivery;
import io.referrald.v1.ExplainQualificationRequest;
import io.referrald.v1.Fact;
import io.referrald.v1.LaunchCampaignRequest;
import io.referrald.v1.Mode;
import io.referrald.v1.Person;
import io.referrald.v1.RecordFactsRequest;
import io.referrald.v1.Referrer;
import io.referrald.v1.Rule;
import java.time.Instant;
import java.util.UUID;

/**
 * Ada invites Bob, Bob pays, and referrald says why he qualifies.
 *
 * <p>Asks REFERRALD_ADDRESS with REFERRALD_KEY, which needs the scopes read, write, ingest and admin. The payment comes
 * as Stripe would send it where REFERRALD_BINARY and REFERRALD_WEBHOOKS say how, else as a fact of your own payment
 * system.
 */
public class Story {
  private static final String NUMBER = UUID.randomUUID().toString().substring(0, 8);
  private static final String EVENT =
      """
      {"id": "evt_%1$s", "object": "event", "type": "charge.succeeded", "created": %2$d, "livemode": false,
       "data": {"object": {"id": "ch_%1$s", "object": "charge", "amount": 12000, "captured": true, "currency": "eur",
        "status": "succeeded", "created": %2$d, "billing_details": {"email": "%3$s"}}}}
      """;

  /** Gives the campaign's account a signing secret, and posts a signed event. */
  static void payAsStripe(ReferraldClient client, String campaign, String email) throws Exception {
    var secret = "whsec_" + UUID.randomUUID().toString().replace("-", "");
    client.campaigns().addWebhookSecret(
        AddWebhookSecretRequest.newBuilder().setCampaignId(campaign).setSecret(secret).build());
    var url = "http://" + System.getenv("REFERRALD_WEBHOOKS") + "/webhooks/stripe/" + campaign;
    var send = new ProcessBuilder(System.getenv("REFERRALD_BINARY"), "send-event", "-", "--to", url);
    send.environment().put("REFERRALD_WEBHOOK_SECRET", secret);
    var sending = send.redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
    try (var body = sending.outputWriter()) {
      body.write(EVENT.formatted(NUMBER, Instant.now().getEpochSecond(), email));
    }
    if (sending.waitFor() != 0) {
      throw new IllegalStateException("the event was not taken");
    }
  }

  /** Says what happened, as a payment system of one's own would. */
  static void payAsFact(ReferraldClient client, String email) {
    var at = Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond());
    var charge = Charge.newBuilder().setId("ch_" + NUMBER).setCurrency("eur").setCreatedAt(at)
        .setStatus(ChargeStatus.CHARGE_STATUS_SUCCEEDED).setAmountMinor(12_000).setCapturedMinor(12_000)
        .addEmails(email);
    var delivery = Delivery.newBuilder().setId("evt_" + NUMBER).setType("charge.succeeded").setCreatedAt(at)
        .addFacts(Fact.newBuilder().setCharge(charge));
    client.qualifications().recordFacts(
        RecordFactsRequest.newBuilder().setMode(Mode.MODE_TEST).addDeliveries(delivery).build());
  }

  public static void main(String[] arguments) throws Exception {
    try (var client = ReferraldClient.connect()) {
      var rule = Rule.newBuilder().setCurrency("eur").setTargetMinor(10_000).setWindowDays(30);
      var draft = Campaign.newBuilder().setMode(Mode.MODE_TEST).setDisplayName("Bring a friend").setRule(rule);
      var campaign = client.campaigns()
          .createCampaign(CreateCampaignRequest.newBuilder().setCampaign(draft).build()).getCampaign();
      client.campaigns().launchCampaign(LaunchCampaignRequest.newBuilder().setId(campaign.getId()).build());
      var code = "ada-" + NUMBER;
      var ada = Referrer.newBuilder().setCode(code).setPerson(Person.newBuilder().setEmail(code + "@example.com"));
      client.referrals().createReferrer(CreateReferrerRequest.newBuilder().setReferrer(ada).build());
      var bob = Person.newBuilder().setEmail("bob-" + NUMBER + "@example.com").setFirstName("Bob").build();
      var invite = CreateReferralRequest.newBuilder().setCampaignId(campaign.getId()).setReferrerCode(code);
      var referral = client.referrals().createReferral(invite.setPerson(bob).build()).getReferral();
      System.out.println(referral.getId() + " is " + referral.getState());
      if (System.getenv("REFERRALD_BINARY") == null) {
        payAsFact(client, bob.getEmail());
      } else {
        payAsStripe(client, campaign.getId(), bob.getEmail());
      }
      var why = client.qualifications().explainQualification(
          ExplainQualificationRequest.newBuilder().setReferralId(referral.getId()).build());
      for (var payment : why.getPaymentsList()) {
        System.out.printf("%s counts %d by %s%n", payment.getChargeId(), payment.getCountedMinor(), payment.getClaim());
      }
      System.out.println(why.getSummary());
    }
  }
}
