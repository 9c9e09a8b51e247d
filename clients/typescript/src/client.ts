/** The services over one connection. */

import { isIP } from "node:net";
import { type Client as ServiceClient, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { CampaignService, QualificationService, ReferralService, RewardService } from "./gen/index.js";
import { careful } from "./transport.js";

/** How to connect; what is left out is taken from the environment. */
export interface Options {
  /** `HOST:PORT`. Default: REFERRALD_ADDRESS, else 127.0.0.1:50051. */
  address?: string | undefined;
  /** An API key. Default: REFERRALD_KEY, else none; "" is none. */
  key?: string | undefined;
  /** Whether to do without TLS. Default: on the loopback only. */
  plaintext?: boolean | undefined;
  /** The authorities to trust with TLS, as PEM. Default: the well-known ones. */
  ca?: string | Buffer | undefined;
  /** How long a call may take with all its retries, where it says nothing itself. Default: 10000. */
  timeoutMs?: number | undefined;
}

/** The services, over one connection that is made at the first call. */
export interface Client {
  readonly campaigns: ServiceClient<typeof CampaignService>;
  readonly referrals: ServiceClient<typeof ReferralService>;
  readonly qualifications: ServiceClient<typeof QualificationService>;
  readonly rewards: ServiceClient<typeof RewardService>;
  /** Ends the connection, and calls under way with it. */
  close(): void;
}

/** A client. */
export function connect(options: Options = {}): Client {
  const address = options.address || process.env["REFERRALD_ADDRESS"] || "127.0.0.1:50051";
  const key = options.key ?? process.env["REFERRALD_KEY"];
  const plaintext = options.plaintext ?? isLoopback(address);
  const baseUrl = `${plaintext ? "http" : "https"}://${address}`;
  const tls = options.ca === undefined ? {} : { ca: options.ca };
  const sessionManager = new Http2SessionManager(baseUrl, { pingIntervalMs: 60_000, pingTimeoutMs: 20_000 }, tls);
  const transport = careful(createGrpcTransport({ baseUrl, sessionManager }), key, options.timeoutMs ?? 10_000);
  return {
    campaigns: createClient(CampaignService, transport),
    referrals: createClient(ReferralService, transport),
    qualifications: createClient(QualificationService, transport),
    rewards: createClient(RewardService, transport),
    close: () => sessionManager.abort(),
  };
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(`http://${address}`);
  return hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}

// What begins with a dollar is the library's own.
type Fields<Page> = Exclude<keyof Page, `$${string}`>;
type Element<Page> = { [Field in Fields<Page>]: Page[Field] extends (infer Item)[] ? Item : never }[Fields<Page>];

/** All elements of a list, page by page: `all(client.campaigns.listCampaigns, { mode: Mode.TEST })`. */
export async function* all<Request extends object, Page extends { nextPageToken: string }>(
  call: (request: Request) => Promise<Page>,
  request: Request,
): AsyncGenerator<Element<Page>, void, undefined> {
  for (let pageToken: string | undefined; pageToken !== ""; ) {
    const page = await call(pageToken === undefined ? request : { ...request, pageToken });
    // A page has one list, and the token.
    const fields: [string, unknown][] = Object.entries(page);
    const list = fields.find(([name, value]) => !name.startsWith("$") && Array.isArray(value));
    yield* list?.[1] as Element<Page>[];
    pageToken = page.nextPageToken;
  }
}
