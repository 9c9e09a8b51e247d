/** The story of one campaign, and long lists of it. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { all, connect } from "referrald";
import { liveCampaign, unique } from "./server.js";

const run = promisify(execFile);

test("the example tells the story", async () => {
  const { stdout } = await run("node", ["examples/story.js"]);
  assert.match(stdout, /Qualified: 120\.00 EUR of at least 100\.00 EUR counted\./);
});

test("a thousand referrals are paged through", async () => {
  const client = connect();
  const [campaign, number] = [await liveCampaign(client), unique()];
  const { referrer } = await client.referrals.createReferrer({ referrer: { person: { email: `a@${number}.example` } } });
  const register = (guest: number) => {
    const person = { email: `guest-${guest}@${number}.example`, firstName: "Guest" };
    const by = { case: "referrerId" as const, value: referrer!.id };
    return client.referrals.createReferral({ campaignId: campaign.id, referrer: by, person });
  };
  for (let first = 0; first < 1000; first += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => register(first + index)));
  }
  const wanted = { campaignId: campaign.id, pageSize: 300 };
  const found = new Set<string>();
  for await (const referral of all(client.referrals.listReferrals, wanted)) found.add(referral.id);
  assert.equal(found.size, 1000);
  client.close();
});
