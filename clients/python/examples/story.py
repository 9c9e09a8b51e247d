"""Ada invites Bob, Bob pays, and referrald says why he qualifies.

Asks REFERRALD_ADDRESS with REFERRALD_KEY, which needs the scopes read, write, ingest and admin. The payment comes as
Stripe would send it where REFERRALD_BINARY and REFERRALD_WEBHOOKS say how, else as a fact of your own payment system.
"""

import json
import os
import secrets
import subprocess
import time

import referrald
from referrald import v1


def pay_as_stripe(client: referrald.Client, campaign: str, email: str) -> None:
    """Gives the campaign's account a signing secret, and posts a signed event."""
    secret = f"whsec_{secrets.token_hex(16)}"
    client.campaigns.AddWebhookSecret(v1.AddWebhookSecretRequest(campaign_id=campaign, secret=secret))
    now, number = int(time.time()), secrets.token_hex(8)
    charge = {"id": f"ch_{number}", "object": "charge", "amount": 12_000, "captured": True, "currency": "eur",
              "status": "succeeded", "created": now, "billing_details": {"email": email}}  # fmt: skip
    event = {"id": f"evt_{number}", "object": "event", "type": "charge.succeeded", "created": now, "livemode": False,
             "data": {"object": charge}}  # fmt: skip
    url = f"http://{os.environ['REFERRALD_WEBHOOKS']}/webhooks/stripe/{campaign}"
    send = [os.environ["REFERRALD_BINARY"], "send-event", "-", "--to", url]
    environment = {"REFERRALD_WEBHOOK_SECRET": secret}
    subprocess.run(send, env=environment, input=json.dumps(event), text=True, check=True)


def pay_as_fact(client: referrald.Client, email: str) -> None:
    """Says what happened, as a payment system of one's own would."""
    number = secrets.token_hex(8)
    charge = v1.Charge(id=f"ch_{number}", currency="eur", status=v1.CHARGE_STATUS_SUCCEEDED, emails=[email])
    charge.amount_minor = charge.captured_minor = 12_000
    charge.created_at.GetCurrentTime()
    delivery = v1.Delivery(id=f"evt_{number}", type="charge.succeeded", facts=[v1.Fact(charge=charge)])
    delivery.created_at.GetCurrentTime()
    client.qualifications.RecordFacts(v1.RecordFactsRequest(mode=v1.MODE_TEST, deliveries=[delivery]))


def main() -> None:
    number = secrets.token_hex(4)
    with referrald.connect() as client:
        rule = v1.Rule(currency="eur", target_minor=10_000, window_days=30)
        draft = v1.Campaign(mode=v1.MODE_TEST, display_name="Bring a friend", rule=rule)
        campaign = client.campaigns.CreateCampaign(v1.CreateCampaignRequest(campaign=draft)).campaign
        client.campaigns.LaunchCampaign(v1.LaunchCampaignRequest(id=campaign.id))
        ada = v1.Referrer(person=v1.Person(email=f"ada-{number}@example.com"), code=f"ada-{number}")
        client.referrals.CreateReferrer(v1.CreateReferrerRequest(referrer=ada))
        bob = v1.Person(email=f"bob-{number}@example.com", first_name="Bob")
        invite = v1.CreateReferralRequest(campaign_id=campaign.id, referrer_code=ada.code, person=bob)
        referral = client.referrals.CreateReferral(invite).referral
        print(f"{referral.id} is {v1.ReferralState.Name(referral.state)}")
        if "REFERRALD_BINARY" in os.environ:
            pay_as_stripe(client, campaign.id, bob.email)
        else:
            pay_as_fact(client, bob.email)
        why = client.qualifications.ExplainQualification(v1.ExplainQualificationRequest(referral_id=referral.id))
        for payment in why.payments:
            print(f"{payment.charge_id} counts {payment.counted_minor} by {v1.Claim.Name(payment.claim)}")
        print(why.summary)


main()
