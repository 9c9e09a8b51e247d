/** Why a call was refused. */

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import type { ErrorReason } from "./gen/index.js";

/** A reason that this version knows, or one of a newer service. */
export type Reason = keyof typeof ErrorReason | (string & {});

/** A field that is wrong, and what is wrong with it. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** A call that was refused or got no answer. */
export class ReferraldError extends Error {
  override readonly name = "ReferraldError";
  /** The gRPC code. */
  readonly code: Code;
  /** Of `ErrorReason`, such as `NOT_FOUND`; empty where the service itself did not answer. */
  readonly reason: Reason;
  /** Every variable of the message. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The fields that are wrong, all at once. */
  readonly violations: readonly Violation[];
  /** After how many milliseconds the call may go through. */
  readonly retryAfterMs: number | undefined;
  /** What the library had. */
  override readonly cause: ConnectError;

  /** Reads what the library throws; `signal` is the caller's own, which may be a deadline. */
  constructor(thrown: unknown, signal?: AbortSignal) {
    const timedOut = signal?.aborted && signal.reason instanceof Error && signal.reason.name === "TimeoutError";
    const cause = timedOut
      ? new ConnectError(signal.reason.message, Code.DeadlineExceeded, undefined, undefined, thrown)
      : ConnectError.from(thrown);
    super(cause.rawMessage);
    this.cause = cause;
    this.code = isUnanswered(cause) ? Code.Unavailable : cause.code;
    const info = cause.findDetails(ErrorInfoSchema)[0];
    this.reason = info?.reason ?? "";
    this.metadata = info?.metadata ?? {};
    this.violations = cause.findDetails(BadRequestSchema)[0]?.fieldViolations ?? [];
    const wait = cause.findDetails(RetryInfoSchema)[0]?.retryDelay;
    this.retryAfterMs = wait && Number(wait.seconds) * 1000 + wait.nanos / 1e6;
  }
}

/** Whether the connection failed: Node says how, and gRPC has one code for all of it. */
function isUnanswered(error: ConnectError): boolean {
  const decided = error.code === Code.Canceled || error.code === Code.DeadlineExceeded;
  return !decided && error.cause instanceof Error && "code" in error.cause && typeof error.cause.code === "string";
}
