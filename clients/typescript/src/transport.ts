/** What each call passes: its key, its deadline, its retries, and the reading of its errors. */

import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import { clone, create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { Code, type StreamResponse, type Transport } from "@connectrpc/connect";
import { ReferraldError } from "./errors.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const ATTEMPTS = 5;
export const BACKOFF_MS = 250;
const BACKOFF_MAX_MS = 5000;

/** The transport, with all that this client adds. */
export function careful(inner: Transport, key: string | undefined, defaultTimeoutMs: number): Transport {
  function headers(given: HeadersInit | undefined): Headers {
    const all = new Headers(given);
    if (key && !all.has("authorization")) all.set("authorization", `Bearer ${key}`);
    all.set("user-agent", `referrald-typescript/${version}`);
    return all;
  }
  return {
    async unary(method, signal, timeoutMs = defaultTimeoutMs, header, input, contextValues) {
      const message = repeatable(method.input, input);
      // As in the library, nothing and less is no deadline.
      const ends = timeoutMs > 0 ? Date.now() + timeoutMs : Infinity;
      for (let attempt = 1; ; attempt++) {
        const left = ends === Infinity ? 0 : Math.max(1, ends - Date.now());
        try {
          return await inner.unary(method, signal, left, headers(header), message, contextValues);
        } catch (thrown) {
          const error = new ReferraldError(thrown, signal);
          const waitMs = attempt < ATTEMPTS ? wait(error, attempt) : undefined;
          // The answer that is there says more than the deadline that would pass.
          if (waitMs === undefined || Date.now() + waitMs >= ends) throw error;
          await setTimeout(waitMs, undefined, signal && { signal }).catch(refuse(signal));
        }
      }
    },
    async stream(method, signal, timeoutMs = 0, header, input, contextValues) {
      // A stream may last: no deadline but the caller's own.
      const answer = inner.stream(method, signal, timeoutMs, headers(header), input, contextValues);
      return read(await answer.catch(refuse(signal)), signal);
    },
  };
}

function refuse(signal: AbortSignal | undefined): (thrown: unknown) => never {
  return (thrown) => {
    throw new ReferraldError(thrown, signal);
  };
}

/** A stream whose errors are read. */
function read<I extends DescMessage, O extends DescMessage>(
  answer: StreamResponse<I, O>,
  signal: AbortSignal | undefined,
): StreamResponse<I, O> {
  async function* messages() {
    try {
      yield* answer.message;
    } catch (thrown) {
      throw new ReferraldError(thrown, signal);
    }
  }
  return { ...answer, message: messages() };
}

/** How long to wait before the next attempt; nothing where none would help. */
export function wait(error: ReferraldError, attempt: number): number | undefined {
  if (error.code !== Code.Unavailable && error.code !== Code.ResourceExhausted) return undefined;
  const told = error.cause.metadata.get("grpc-retry-pushback-ms");
  if (told !== null) return Number(told) >= 0 ? Number(told) : undefined;
  return Math.min(BACKOFF_MS * 2.5 ** (attempt - 1), BACKOFF_MAX_MS) * (0.8 + Math.random() * 0.4);
}

/** The request with a `request_id`, where it may have one and has none, so that a retry is safe. */
function repeatable<I extends DescMessage>(type: I, input: MessageInitShape<I>): MessageShape<I> {
  const message = create(type, input) as MessageShape<I> & { requestId?: string };
  if (message.requestId !== "") return message;
  // The input may be a message itself, and that is the caller's.
  return Object.assign(clone(type, message), { requestId: randomUUID() });
}
