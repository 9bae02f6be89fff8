import { createHash } from "node:crypto";

/**
 * The new tags that wait because a night takes in only so many. They are remembered by 32 bits of a hash of their names, 4 bytes each, so
 * that a state stays small enough for one item of DynamoDB (400 KB). A tag that shares its hash with another is taken sooner, which hurts
 * nobody.
 */
export interface WaitingLine {
  /** Returns the place of a tag in the line, from 0, or null if it is new tonight. */
  placeOf(tag: string): number | null;
  /** Returns how many of the line are not among these tags. */
  countGone(tags: ReadonlySet<string>): number;
}

/** Ten nights' worth. What comes beyond them is not remembered until the line is shorter. */
const LINE_LIMIT = 10_000;
const HASH_BYTES = 4;

/** Reads a line as {@link nextWaitingLine} writes it. */
export function readWaitingLine(text: string | undefined): WaitingLine {
  const places = new Map(hashesOf(text).map((hash, place) => [hash, place]));
  return {
    placeOf: (tag) => (places.size === 0 ? null : (places.get(hashOf(tag)) ?? null)),
    countGone(tags) {
      if (places.size === 0) return 0;
      const left = new Set(places.keys());
      for (const tag of tags) left.delete(hashOf(tag));
      return left.size;
    },
  };
}

/** Returns the line after a night that left these tags waiting, or undefined if none waits: who waits longest comes first. */
export function nextWaitingLine(text: string | undefined, waiting: readonly string[]): string | undefined {
  if (waiting.length === 0) return undefined;
  const left = new Set(waiting.map(hashOf));
  const line = new Set([...hashesOf(text).filter((hash) => left.has(hash)), ...left]);
  const bytes = Buffer.alloc(Math.min(line.size, LINE_LIMIT) * HASH_BYTES);
  [...line].slice(0, LINE_LIMIT).forEach((hash, place) => bytes.writeUInt32BE(hash, place * HASH_BYTES));
  return bytes.toString("base64");
}

/**
 * Chooses the new tags that a night takes in: those that have waited longest, then the others in their order. So whoever pushes thousands of
 * tags every night makes a release wait for the tags that were there before it, and not for those that come after it.
 */
export function admitWaiting(fresh: readonly string[], line: WaitingLine, limit: number): ReadonlySet<string> {
  if (fresh.length <= limit) return new Set(fresh);
  const placed = fresh.map((tag) => ({ tag, place: line.placeOf(tag) ?? LINE_LIMIT }));
  return new Set(
    placed
      .toSorted((left, right) => left.place - right.place)
      .slice(0, limit)
      .map(({ tag }) => tag),
  );
}

function hashesOf(text: string | undefined): number[] {
  const bytes = Buffer.from(text ?? "", "base64");
  return Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, place) => bytes.readUInt32BE(place * HASH_BYTES));
}

function hashOf(tag: string): number {
  return createHash("sha256").update(tag).digest().readUInt32BE();
}
