/** Client of referrald, the referral engine for Stripe merchants. */

export { Code } from "@connectrpc/connect";
export { all, type Client, connect, type Options } from "./client.js";
export { type Reason, ReferraldError, type Violation } from "./errors.js";
export * from "./gen/index.js";
export { type Told, watch } from "./watch.js";
