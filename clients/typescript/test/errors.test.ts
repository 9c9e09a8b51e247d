/** Each kind of refusal, with what the service says about it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, Code, connect, Mode, ReferraldError } from "referrald";
import { liveCampaign, unique, variable, withBlackHole } from "./server.js";

const NOBODY = `cmp_${"0".repeat(32)}`;

/** The error that a call must end with. */
async function refused(call: Promise<unknown>): Promise<ReferraldError> {
  const error: unknown = await call.then(
    (answer) => assert.fail(`this must be refused, and was answered: ${String(answer)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ReferraldError, String(error));
  return error;
}

async function withClient(use: (client: Client) => Promise<void>, options?: Parameters<typeof connect>[0]) {
  const client = connect(options);
  await use(client).finally(() => client.close());
}

test("wrong fields are all named", () =>
  withClient(async (client) => {
    const campaign = { mode: Mode.TEST, rule: { currency: "e", windowDays: 4000 } };
    const error = await refused(client.campaigns.createCampaign({ campaign }));
    assert.equal(error.code, Code.InvalidArgument);
    assert.equal(error.reason, "INVALID_FIELDS");
    const fields = error.violations.map((violation) => violation.field);
    for (const field of ["campaign.display_name", "campaign.rule.currency", "campaign.rule.target_minor"]) {
      assert.ok(fields.includes(field), field);
    }
    assert.ok(error.violations.every((violation) => violation.description !== ""));
    assert.match(error.message, /campaign\.rule\.currency/);
  }));

test("what is not there", () =>
  withClient(async (client) => {
    const error = await refused(client.campaigns.getCampaign({ id: NOBODY }));
    assert.deepEqual([error.code, error.reason], [Code.NotFound, "NOT_FOUND"]);
    assert.deepEqual(error.metadata, { kind: "campaign", name: NOBODY });
  }));

test("what is taken", () =>
  withClient(async (client) => {
    const person = { email: `ada-${unique()}@example.com` };
    const { referrer } = await client.referrals.createReferrer({ referrer: { person, code: `one-${unique()}` } });
    const again = client.referrals.createReferrer({ referrer: { person, code: `two-${unique()}` } });
    const error = await refused(again);
    assert.equal(error.code, Code.AlreadyExists);
    assert.deepEqual(error.metadata, { kind: "referrer", name: referrer?.id, unique: "email" });
  }));

test("what was changed meanwhile", () =>
  withClient(async (client) => {
    const campaign = await liveCampaign(client);
    const error = await refused(client.campaigns.pauseCampaign({ id: campaign.id, etag: "old" }));
    assert.deepEqual([error.code, error.reason], [Code.Aborted, "ETAG_MISMATCH"]);
    assert.deepEqual(error.metadata, { given: "old", current: campaign.etag });
  }));

test("what the state does not allow", () =>
  withClient(async (client) => {
    const campaign = await liveCampaign(client);
    const error = await refused(client.campaigns.launchCampaign({ id: campaign.id }));
    assert.deepEqual([error.code, error.reason], [Code.FailedPrecondition, "CAMPAIGN_STATE"]);
    assert.equal(error.metadata["state"], "LIVE");
  }));

test("a key that is not good", () =>
  withClient(
    async (client) => {
      const error = await refused(client.campaigns.listCampaigns({}));
      assert.deepEqual([error.code, error.reason], [Code.Unauthenticated, "KEY_INVALID"]);
    },
    { key: "rfd_wrong" },
  ));

test("a key without the scope", () =>
  withClient(
    async (client) => {
      const error = await refused(client.campaigns.endCampaign({ id: NOBODY }));
      assert.deepEqual([error.code, error.reason], [Code.PermissionDenied, "SCOPE_MISSING"]);
      assert.deepEqual(error.metadata, { needed: "write" });
    },
    { key: variable("REFERRALD_KEY_READ") },
  ));

test("a message that is too large is sent once", () =>
  withClient(async (client) => {
    const error = await refused(client.campaigns.getCampaign({ id: "x".repeat(4 << 20) }));
    assert.deepEqual([error.code, error.reason], [Code.ResourceExhausted, "MESSAGE_TOO_LARGE"]);
    assert.equal(error.retryAfterMs, undefined);
  }));

test("nobody listens", () =>
  withClient(
    async (client) => {
      const error = await refused(client.campaigns.listCampaigns({}));
      assert.deepEqual([error.code, error.reason, error.violations], [Code.Unavailable, "", []]);
    },
    // Nothing is ever served at this port.
    { address: "127.0.0.1:1" },
  ));

test("the time is over", () =>
  withBlackHole(async (address) => {
    const ofAll = async (client: Client) => {
      assert.equal((await refused(client.campaigns.listCampaigns({}))).code, Code.DeadlineExceeded);
    };
    await withClient(ofAll, { address, timeoutMs: 200 });
    const ofOne = async (client: Client) => {
      const error = await refused(client.campaigns.listCampaigns({}, { timeoutMs: 200 }));
      assert.equal(error.code, Code.DeadlineExceeded);
      const signal = AbortSignal.timeout(200);
      const other = await refused(client.campaigns.listCampaigns({}, { signal }));
      assert.equal(other.code, Code.DeadlineExceeded);
    };
    await withClient(ofOne, { address });
  }));

test("a call may be canceled", () =>
  withBlackHole((address) =>
    withClient(
      async (client) => {
        const controller = new AbortController();
        const call = client.campaigns.listCampaigns({}, { signal: controller.signal });
        controller.abort();
        assert.equal((await refused(call)).code, Code.Canceled);
      },
      { address },
    ),
  ));
