/** What fails for a moment is tried again, and done once. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { connect, CreateReferrerRequestSchema, ReferralService } from "referrald";
import { server, unique, withBusyServer } from "./server.js";

test("a restart of the server is not noticed", async () => {
  const client = connect();
  const email = `ada-${unique()}@example.com`;
  await client.referrals.createReferrer({ referrer: { person: { email: `before-${email}` } } });
  await server("stop");
  const call = client.referrals.createReferrer({ referrer: { person: { email } } });
  await server("start");
  const { referrer } = await call;
  const { referrers } = await client.referrals.listReferrers({ email });
  assert.deepEqual(
    referrers.map((found) => found.id),
    [referrer?.id],
  );
  client.close();
});

/** Begins a call by hand; its message is sent when it is ended. */
function begin(session: ClientHttp2Session) {
  const path = "/referrald.v1.CampaignService/ListCampaigns";
  return session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
}

const EMPTY_MESSAGE = Buffer.alloc(5);

/** A call that has the only place of the server until it is ended. */
async function hold(session: ClientHttp2Session) {
  for (;;) {
    const holder = begin(session).resume();
    let over = false;
    holder.once("end", () => (over = true));
    while (!over) {
      const other = begin(session).resume().end(EMPTY_MESSAGE);
      const [[headers]] = await Promise.all([once(other, "response"), once(other, "end")]);
      // Who asks beside it is refused once it is there; before that, it may be the holder that is.
      if ((headers as Record<string, string>)["grpc-status"] === String(Code.ResourceExhausted)) return holder;
    }
  }
}

test("who is told to wait waits", () =>
  withBusyServer(async ({ address, untilItSays }) => {
    const session = connectHttp2(`http://${address}`);
    const client = connect({ address, key: "" });
    const holder = await hold(session);
    const began = performance.now();
    const call = client.campaigns.listCampaigns({}, { headers: { "x-request-id": "refused-once" } });
    await untilItSays("refused-once", "ResourceExhausted");
    holder.end(EMPTY_MESSAGE);
    assert.equal((await call).campaigns.length, 0);
    assert.ok(performance.now() - began > 900, "the service said one second");
    client.close();
    session.close();
  }));

test("every try of a create has the same request id", async () => {
  const ids: string[] = [];
  const headers: Headers[] = [];
  const faltering = connectNodeAdapter({
    routes: (router) =>
      router.rpc(ReferralService.method.createReferrer, (request, context) => {
        ids.push(request.requestId);
        headers.push(context.requestHeader);
        if (ids.length % 2 === 1) throw new ConnectError("in a moment", Code.Unavailable);
        return {};
      }),
  });
  const listener = createServer(faltering).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const client = connect({ address: `127.0.0.1:${(listener.address() as AddressInfo).port}`, key: "rfd_x" });
  const request = create(CreateReferrerRequestSchema);
  await client.referrals.createReferrer(request);
  await client.referrals.createReferrer(request);
  await client.referrals.createReferrer({ requestId: "my own" });
  assert.equal(request.requestId, "", "the caller's request is left as it was");
  assert.ok(ids[0] !== "" && ids[0] === ids[1] && ids[2] === ids[3] && ids[0] !== ids[2], String(ids));
  assert.deepEqual(ids.slice(4), ["my own", "my own"]);
  for (const header of headers) {
    assert.equal(header.get("authorization"), "Bearer rfd_x");
    assert.match(header.get("user-agent") ?? "", /^referrald-typescript\/\d/);
  }
  client.close();
  listener.close();
});
