// Ada invites Bob, Bob pays, and referrald says why he qualifies.
//
// Asks REFERRALD_ADDRESS with REFERRALD_KEY, which needs the scopes read, write, ingest and admin. The payment comes as
// Stripe would send it where REFERRALD_BINARY and REFERRALD_WEBHOOKS say how, else as a fact of your own payment system.

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { ChargeStatus, Claim, connect, Mode, ReferralState } from "referrald";

const number = randomBytes(8).toString("hex");
const now = () => Math.floor(Date.now() / 1000);
const client = connect();

/** Gives the campaign's account a signing secret, and posts a signed event. */
async function payAsStripe(campaignId, email) {
  const secret = `whsec_${randomBytes(16).toString("hex")}`;
  await client.campaigns.addWebhookSecret({ ledger: { case: "campaignId", value: campaignId }, secret });
  const created = now();
  const object = {
    id: `ch_${number}`, object: "charge", amount: 12_000, captured: true, currency: "eur", status: "succeeded",
    created, billing_details: { email },
  };
  const event = {
    id: `evt_${number}`, object: "event", type: "charge.succeeded", created, livemode: false, data: { object },
  };
  const url = `http://${process.env.REFERRALD_WEBHOOKS}/webhooks/stripe/${campaignId}`;
  const env = { REFERRALD_WEBHOOK_SECRET: secret };
  execFileSync(process.env.REFERRALD_BINARY, ["send-event", "-", "--to", url], { env, input: JSON.stringify(event) });
}

/** Says what happened, as a payment system of one's own would. */
async function payAsFact(email) {
  const createdAt = { seconds: BigInt(now()) };
  const charge = {
    id: `ch_${number}`, currency: "eur", createdAt, status: ChargeStatus.SUCCEEDED, amountMinor: 12_000n,
    capturedMinor: 12_000n, emails: [email],
  };
  const facts = [{ fact: { case: "charge", value: charge } }];
  const delivery = { id: `evt_${number}`, type: "charge.succeeded", createdAt, facts };
  await client.qualifications.recordFacts({ mode: Mode.TEST, deliveries: [delivery] });
}

const rule = { currency: "eur", targetMinor: 10_000n, windowDays: 30 };
const draft = { mode: Mode.TEST, displayName: "Bring a friend", rule };
const { campaign } = await client.campaigns.createCampaign({ campaign: draft });
await client.campaigns.launchCampaign({ id: campaign.id });
const code = `ada-${number}`;
await client.referrals.createReferrer({ referrer: { person: { email: `${code}@example.com` }, code } });
const { referral } = await client.referrals.createReferral({
  campaignId: campaign.id,
  referrer: { case: "referrerCode", value: code },
  person: { email: `bob-${number}@example.com`, firstName: "Bob" },
});
console.log(`${referral.id} is ${ReferralState[referral.state]}`);
if (process.env.REFERRALD_BINARY) await payAsStripe(campaign.id, referral.person.email);
else await payAsFact(referral.person.email);
const why = await client.qualifications.explainQualification({ referralId: referral.id });
for (const payment of why.payments) {
  console.log(`${payment.chargeId} counts ${payment.countedMinor} by ${Claim[payment.claim]}`);
}
console.log(why.summary);
client.close();
