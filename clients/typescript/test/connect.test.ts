/** Where to, and how safely. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createServer, type Server } from "node:tls";
import { promisify } from "node:util";
import { Code, connect, ReferraldError } from "referrald";
import { variable } from "./server.js";

let proxy: Server;
let certificate: Buffer;
let port: number;

// A proxy that ends TLS before the server.
before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "referrald-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, "-keyout", key, "-out", cert];
  await promisify(execFile)("openssl", made);
  certificate = await readFile(cert);
  const [host = "", upstream] = variable("REFERRALD_ADDRESS").split(":");
  proxy = createServer({ key: await readFile(key), cert: certificate, ALPNProtocols: ["h2"] }, (socket) => {
    const there = connectTcp(Number(upstream), host);
    socket.on("error", () => there.destroy()).pipe(there);
    there.on("error", () => socket.destroy()).pipe(socket);
  });
  proxy.listen(0);
  await once(proxy, "listening");
  port = (proxy.address() as AddressInfo).port;
  await rm(folder, { recursive: true });
});

after(() => proxy.close());

/** The error of a call, or nothing where it went well. */
async function called(options: Parameters<typeof connect>[0]): Promise<ReferraldError | undefined> {
  const client = connect(options);
  const failure = client.campaigns.listCampaigns({ pageSize: 1 }).then(
    () => undefined,
    (thrown: unknown) => thrown as ReferraldError,
  );
  return failure.finally(() => client.close());
}

test("TLS with an authority of one's own", async () => {
  const address = `localhost:${port}`;
  assert.equal(await called({ address, plaintext: false, ca: certificate }), undefined);
  const untrusted = await called({ address, plaintext: false });
  assert.equal(untrusted?.code, Code.Unavailable);
  assert.match(untrusted.message, /self-signed/);
});

test("only the loopback is without TLS by itself", async () => {
  const plain = variable("REFERRALD_ADDRESS").replace(/.*:/, "localhost:");
  assert.equal(await called({ address: plain }), undefined);
  assert.equal((await called({ address: plain, plaintext: false }))?.code, Code.Unavailable, "it was asked for TLS");
  // Names that only look like the loopback: TLS is tried, and there is nobody.
  const elsewhere = await called({ address: `localhost.invalid:${port}`, timeoutMs: 500 });
  assert.equal(elsewhere?.code, Code.Unavailable);
  assert.match(elsewhere.message, /localhost\.invalid/);
});

test("what is not said is taken from the environment", async () => {
  const { REFERRALD_ADDRESS: address } = process.env;
  process.env["REFERRALD_ADDRESS"] = "127.0.0.1:1";
  assert.match((await called({ timeoutMs: 100 }))?.message ?? "", /127\.0\.0\.1:1/);
  process.env["REFERRALD_ADDRESS"] = address;
  assert.equal(await called({}), undefined);
  assert.equal((await called({ key: "" }))?.reason, "KEY_INVALID");
});
