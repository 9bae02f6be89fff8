import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { fixtureCandidates, readFixture } from "./fixture-candidates.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const policy = policyOf([keySigner("release", readFixture("keys/release.pub"))]);
const MUTATIONS_EACH = 400;

const signed = readFixture("EXPECTED.tsv")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"))
  .filter(([scenario, , , , key, expected]) => key === "release.pub" && expected === "signed" && scenario !== "app-code")
  .map(([scenario, tag, digest]) => ({ scenario: scenario!, tag: tag!, digest: digest as Digest }));

/** A generator with a fixed seed, so that a failure can be repeated. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

/** Replaces one byte: another value, one bit, removed, or doubled. */
function mutate(bytes: Uint8Array, random: Iterator<number, never>): Buffer {
  const at = random.next().value % bytes.length;
  const value = random.next().value;
  const [before, byte, after] = [bytes.subarray(0, at), bytes[at]!, bytes.subarray(at + 1)];
  const replacements = [[(byte + 1 + (value % 255)) & 0xff], [byte ^ (1 << (value % 8))], [], [byte, byte]];
  return Buffer.concat([before, Buffer.from(replacements[random.next().value % replacements.length]!), after]);
}

function verifies(candidate: Candidate, digest: Digest): boolean {
  return verifyCandidate(candidate, contextOf(policy, digest)).some(({ kind }) => kind === "verified");
}

/** What a bundle or envelope binds: the decoded payload, its type and the decoded signatures. Of any other text, the text. */
function meaningOf({ form }: Candidate, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  if (form === "simple-signing") return text;
  const document = JSON.parse(text) as { dsseEnvelope?: Envelope } & Envelope;
  const { payloadType, payload, signatures } = document.dsseEnvelope ?? document;
  return JSON.stringify([payloadType, decode(payload), signatures.map(({ sig }) => decode(sig))]);
}

interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { sig: string }[];
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("hex");
}

describe("one changed byte of a real signature", () => {
  it.each(signed)("is never taken for what was signed: $scenario $tag", ({ scenario, digest }) => {
    const random = numbers(scenario.length * 7919 + digest.charCodeAt(10));
    const good = fixtureCandidates(scenario, digest).filter((candidate) => verifies(candidate, digest));
    const forged = good.flatMap((candidate) => {
      const { bytes } = candidate.content as { bytes: Uint8Array };
      const mutations = Array.from({ length: MUTATIONS_EACH }, () => mutate(bytes, random));
      const accepted = mutations.filter((mutated) => verifies({ ...candidate, content: { kind: "bytes", bytes: mutated } }, digest));
      return accepted.filter((mutated) => meaningOf(candidate, mutated) !== meaningOf(candidate, bytes));
    });
    expect(good.length).toBeGreaterThan(0);
    expect(forged).toEqual([]);
  });

  const simple = signed.filter(({ scenario, digest }) => fixtureCandidates(scenario, digest).some(({ form }) => form === "simple-signing"));

  it.each(simple)("is never taken in an annotation: $scenario $tag", ({ scenario, digest }) => {
    const random = numbers(digest.charCodeAt(12) * 104_729);
    const candidates = fixtureCandidates(scenario, digest).filter(({ form }) => form === "simple-signing");
    const forged = candidates.flatMap((candidate) =>
      Object.entries(candidate.annotations).flatMap(([name, value]) => {
        const mutations = Array.from({ length: MUTATIONS_EACH }, () => mutate(Buffer.from(value), random).toString());
        const accepted = mutations.filter((mutated) =>
          verifies({ ...candidate, annotations: { ...candidate.annotations, [name]: mutated } }, digest),
        );
        return accepted.filter((mutated) => decode(mutated) !== decode(value));
      }),
    );
    expect(forged).toEqual([]);
  });
});

describe("any value in place of any member", () => {
  const VALUES = [null, 0, -1, 1.5, true, "", "x", [], [null], {}, { length: 1 }, "A".repeat(70_000)];

  it.each([
    ["bundle", "cosign3-api", "sigstore-bundle"],
    ["envelope", "attested", "dsse-attestation"],
    ["payload", "cosign2", "simple-signing"],
  ])("of a %s is refused without an exception, or binds the same", (_, scenario, form) => {
    const { digest } = signed.find((image) => image.scenario === scenario)!;
    const candidate = fixtureCandidates(scenario, digest).find((entry) => entry.form === form)!;
    const { bytes } = candidate.content as { bytes: Uint8Array };
    const documents = replaceEach(JSON.parse(Buffer.from(bytes).toString()) as unknown, VALUES).map((document) =>
      Buffer.from(JSON.stringify(document)),
    );
    const accepted = documents.filter((document) => verifies({ ...candidate, content: { kind: "bytes", bytes: document } }, digest));
    expect(documents.length).toBeGreaterThan(50);
    expect(accepted.filter((document) => meaningOf(candidate, document) !== meaningOf(candidate, bytes))).toEqual([]);
  });
});

/** Every document in which one value, at any depth, is replaced by one of the values. */
function replaceEach(document: unknown, values: readonly unknown[]): unknown[] {
  if (typeof document !== "object" || document === null) return [...values];
  const inside = Object.entries(document).flatMap(([name, member]) =>
    replaceEach(member, values).map((replaced) => {
      const copy = structuredClone(document) as Record<string, unknown>;
      copy[name] = replaced;
      return copy;
    }),
  );
  return [...values, ...inside];
}
