/** Events as they come. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, Code, connect, Mode, ReferraldError, watch } from "referrald";
import { liveCampaign, server, unique } from "./server.js";

/** Registers somebody; the id of the referral. */
async function register(client: Client, campaignId: string): Promise<string> {
  const number = unique();
  const { referrer } = await client.referrals.createReferrer({ referrer: { person: { email: `a@${number}.example` } } });
  const person = { email: `guest@${number}.example`, firstName: "Guest" };
  const by = { case: "referrerId" as const, value: referrer!.id };
  const { referral } = await client.referrals.createReferral({ campaignId, referrer: by, person });
  return referral!.id;
}

test("events are watched across a restart of the server", async () => {
  const client = connect();
  const campaignId = (await liveCampaign(client)).id;
  const ending = new AbortController();
  const request = { mode: Mode.TEST, campaignId };
  const events = watch(client, request, { signal: ending.signal });
  const next = async () => (await events.next()).value!;
  const first = await register(client, campaignId);
  const told = await next();
  assert.deepEqual([told.event.type, told.event.referralId], ["referral.registered", first]);
  const waiting = next();
  await server("stop");
  await server("start");
  const second = await register(client, campaignId);
  assert.equal((await waiting).event.referralId, second);

  for await (const again of watch(client, { ...request, cursor: told.cursor })) {
    assert.equal(again.event.referralId, second);
    break;
  }
  const last = next();
  ending.abort();
  await assert.rejects(last, (error) => error instanceof ReferraldError && error.code === Code.Canceled);
  client.close();
});

test("a watch that is refused says why", async () => {
  const client = connect();
  await assert.rejects(watch(client, { mode: Mode.TEST, cursor: "x" }).next(), (error) => {
    assert.ok(error instanceof ReferraldError);
    assert.deepEqual([error.code, error.violations.map(({ field }) => field)], [Code.InvalidArgument, ["cursor"]]);
    return true;
  });
  client.close();
});
