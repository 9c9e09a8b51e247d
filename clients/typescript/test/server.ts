/** A real referrald, which `clients/conformance/server run` starts around these tests. */

import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Campaign, type Client, Mode } from "referrald";

/** A variable of the server around. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error("These tests need a server around them: scripts/clients test typescript");
  return value;
}

/** 16 digits that no other test has. */
export function unique(): string {
  return randomBytes(8).toString("hex");
}

/** `stop` or `start`, at the same address with the same database. */
export async function server(command: "stop" | "start"): Promise<void> {
  await promisify(execFile)(variable("REFERRALD_SERVER"), [command]);
}

/** A live campaign: 100.00 EUR within 30 days. */
export async function liveCampaign(client: Client): Promise<Campaign> {
  const rule = { currency: "eur", targetMinor: 10_000n, windowDays: 30 };
  const made = await client.campaigns.createCampaign({ campaign: { mode: Mode.TEST, displayName: "Friends", rule } });
  const { campaign } = await client.campaigns.launchCampaign({ id: made.campaign!.id });
  return campaign!;
}

/** Runs a test with an address where connections are taken and nothing is ever answered. */
export async function withBlackHole(test: (address: string) => Promise<void>): Promise<void> {
  const sockets = new Set<{ destroy(): void }>();
  const hole = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
  await once(hole, "listening");
  await test(`127.0.0.1:${(hole.address() as AddressInfo).port}`).finally(() => {
    for (const socket of sockets) socket.destroy();
    hole.close();
  });
}

/** A server that takes one call at a time. */
export interface Busy {
  readonly address: string;
  /** Waits for a line of its log that has all these words. */
  untilItSays(...words: string[]): Promise<string>;
}

/** Runs a test with a server of its own that takes one call at a time. */
export async function withBusyServer(test: (busy: Busy) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "referrald-"));
  const options = ["--dev", "--no-sidecar", "--listen=127.0.0.1:0", "--calls-max=1", `--database=sqlite:${folder}/a.db`];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REFERRALD_")));
  const child = spawn(variable("REFERRALD_BINARY"), ["serve", ...options], { env, stdio: ["ignore", "ignore", "pipe"] });
  const log = createInterface(child.stderr);
  const lines: string[] = [];
  log.on("line", (line) => lines.push(line));
  const untilItSays = async (...words: string[]) => {
    for (;;) {
      const found = lines.find((line) => words.every((word) => line.includes(word)));
      if (found !== undefined) return found;
      await once(log, "line");
    }
  };
  const ready = JSON.parse(await untilItSays('"ready"')) as { fields: { grpc: string } };
  await test({ address: ready.fields.grpc, untilItSays }).finally(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    await rm(folder, { recursive: true });
  });
}
