/** The cases that all clients share. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { create, type DescMethod, fromJson, type JsonValue, type Message, toJson } from "@bufbuild/protobuf";
import * as referrald from "referrald";
import { unique, variable } from "./server.js";

type Values = Record<string, JsonValue>;

interface Step {
  call: string;
  request: Values;
  save?: Record<string, string>;
  key?: keyof typeof KEYS;
  deadline_ms?: number;
}

interface Case extends Step {
  name: string;
  given?: string[];
  setup?: Step[];
  code?: string;
  reason?: string;
  fields?: string[];
  metadata?: Record<string, string>;
  answer?: Values;
}

const KEYS = { full: variable("REFERRALD_KEY"), read: variable("REFERRALD_KEY_READ"), wrong: "rfd_wrong", none: "" };
const FOLDER = variable("REFERRALD_CASES");
const GIVEN = read("given.json") as Record<string, Step[]>;
const CASES = readdirSync(join(FOLDER, "cases")).flatMap((file) => read(`cases/${file}`) as Case[]);

const SERVICES = {
  CampaignService: "campaigns",
  ReferralService: "referrals",
  QualificationService: "qualifications",
  RewardService: "rewards",
} as const;

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
}

/** The value with its variables put in. */
function filled<T>(value: T, variables: Record<string, string>): T {
  const text = JSON.stringify(value).replace(/\{\{(.+?)\}\}/g, (_, name: string) => variables[name] ?? "");
  return JSON.parse(text) as T;
}

function at(answer: JsonValue, path: string): string {
  return String(path.split(".").reduce<unknown>((value, part) => (value as Values)[part], answer));
}

async function make(step: Step, variables: Record<string, string>): Promise<JsonValue> {
  const [service, name] = step.call.split("/") as [keyof typeof SERVICES, string];
  const method = referrald[service].method[`${name[0]?.toLowerCase()}${name.slice(1)}` as never] as DescMethod;
  const client = referrald.connect({ key: KEYS[step.key ?? "full"] });
  const calls = client[SERVICES[service]] as unknown as Record<string, (request: Message, options: object) => unknown>;
  const request = fromJson(method.input, filled(step.request, variables));
  try {
    const called = calls[method.localName]?.(request, options(step.deadline_ms));
    const answer = (await (method.methodKind === "unary" ? called : first(called as AsyncIterable<Message>))) as Message;
    return toJson(method.output, create(method.output, answer));
  } finally {
    client.close();
  }
}

/** The first answer of a stream, which is then ended. */
async function first(stream: AsyncIterable<Message>): Promise<Message> {
  for await (const answer of stream) return answer;
  assert.fail("the stream has no answer");
}

/** 0 is a deadline that has passed, which here only a signal can say. */
function options(deadlineMs: number | undefined): object {
  if (deadlineMs === undefined) return {};
  return deadlineMs > 0 ? { timeoutMs: deadlineMs } : { signal: AbortSignal.abort(new DOMException("", "TimeoutError")) };
}

/** Where the answer is not what is expected. */
function differences(expected: JsonValue, found: JsonValue | undefined, path = "answer"): string[] {
  if (expected === "*") return found === undefined || found === "" ? [`${path} is not there`] : [];
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((value, index) => differences(value, found[index], `${path}.${index}`));
  }
  if (isObject(expected) && isObject(found)) {
    return Object.entries(expected).flatMap(([name, value]) => differences(value, found[name], `${path}.${name}`));
  }
  if (expected === (found ?? null)) return [];
  return [`${path} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
}

function isObject(value: JsonValue | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A code as gRPC writes it: `NotFound` is `NOT_FOUND`. */
function codeName(code: referrald.Code): string {
  return referrald.Code[code].replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}

for (const found of CASES) {
  test(found.name, async () => {
    const variables: Record<string, string> = { unique: unique() };
    const given = (found.given ?? []).flatMap((name) => GIVEN[name] ?? assert.fail(name));
    for (const step of [...given, ...(found.setup ?? [])]) {
      const answer = await make(step, variables);
      for (const [name, path] of Object.entries(step.save ?? {})) variables[name] = at(answer, path);
    }
    const expected = filled(found, variables);
    const ended = await make(found, variables).catch((thrown: unknown) => thrown as referrald.ReferraldError);
    if (!(ended instanceof Error)) {
      assert.equal("OK", expected.code ?? "OK", JSON.stringify(ended));
      assert.deepEqual(differences(expected.answer ?? {}, ended), []);
      return;
    }
    assert.ok(ended instanceof referrald.ReferraldError, String(ended));
    assert.equal(codeName(ended.code), expected.code ?? "OK", ended.message);
    assert.equal(ended.reason, expected.reason ?? ended.reason);
    const fields = new Set(ended.violations.map((violation) => violation.field));
    assert.deepEqual([...fields].sort(), (expected.fields ?? []).sort());
    assert.deepEqual({ ...ended.metadata, ...expected.metadata }, ended.metadata);
  });
}

test("there are cases", () => assert.ok(CASES.length >= 40));
