/** Events as they come. */

import { setTimeout } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallOptions } from "@connectrpc/connect";
import type { Client } from "./client.js";
import { ReferraldError } from "./errors.js";
import type { Event, WatchEventsRequestSchema, WatchEventsResponse } from "./gen/index.js";
import { BACKOFF_MS, wait } from "./transport.js";

/** An event, and the cursor to keep once it is dealt with. */
export type Told = WatchEventsResponse & { event: Event };

/**
 * Every event from the request's cursor on, and then each new one as it comes, until the caller stops or its signal
 * does. A stream that ends or breaks is opened again behind the last event; what the service refuses is thrown.
 */
export async function* watch(
  client: Client,
  request: MessageInitShape<typeof WatchEventsRequestSchema>,
  options: CallOptions = {},
): AsyncGenerator<Told, void, undefined> {
  let next = request;
  for (let attempt = 1; ; attempt++) {
    let waitMs: number | undefined;
    try {
      for await (const answer of client.qualifications.watchEvents(next, options)) {
        next = { ...next, cursor: answer.cursor, onlyNew: false };
        attempt = 1;
        // An answer without an event says that the service is there.
        if (answer.event !== undefined) yield answer as Told;
      }
    } catch (thrown) {
      const error = thrown instanceof ReferraldError ? thrown : new ReferraldError(thrown, options.signal);
      waitMs = options.signal?.aborted ? undefined : wait(error, attempt);
      if (waitMs === undefined) throw error;
    }
    const signal = options.signal && { signal: options.signal };
    await setTimeout(waitMs ?? BACKOFF_MS, undefined, signal).catch((thrown: unknown) => {
      throw new ReferraldError(thrown, options.signal);
    });
  }
}
