/** A generator of numbers below 2^24 with a fixed seed, so that a failure can be repeated. */
export function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

export type Numbers = Iterator<number, never>;

const VALUES = [
  null,
  0,
  -1,
  1.5,
  2 ** 53,
  true,
  "",
  "x",
  "AA==",
  [],
  [null],
  {},
  { length: 1 },
  "A".repeat(70_000),
  "-----BEGIN CERTIFICATE-----",
];

/** One change of some bytes: of a byte, of a JSON value, or of a byte inside base64 inside JSON, however deep. */
export function mutate(bytes: Uint8Array, random: Numbers): Buffer {
  const text = Buffer.from(bytes).toString("utf8");
  const document = asJson(text);
  const kind = random.next().value % 4;
  if (document === undefined || kind === 0) return mutateByte(bytes, random);
  const paths = [...pathsOf(document, [])];
  const path = paths[random.next().value % paths.length]!;
  if (kind === 1) return Buffer.from(JSON.stringify(replaceAt(document, path, structuralChange(random))));
  // Twice as often, because that is where certificates, tokens and log entries are.
  return Buffer.from(JSON.stringify(replaceAt(document, path, (value) => mutateInside(value, random))));
}

/** Another value, one bit, removed, doubled, or everything from there on gone. */
function mutateByte(bytes: Uint8Array, random: Numbers): Buffer {
  if (bytes.length === 0) return Buffer.from([random.next().value & 0xff]);
  const at = random.next().value % bytes.length;
  const value = random.next().value;
  const [before, byte, after] = [bytes.subarray(0, at), bytes[at]!, bytes.subarray(at + 1)];
  const replacements = [[(byte + 1 + (value % 255)) & 0xff], [byte ^ (1 << (value % 8))], [], [byte, byte]];
  const kind = random.next().value % 17;
  if (kind === 16) return Buffer.from(before);
  return Buffer.concat([before, Buffer.from(replacements[kind % replacements.length]!), after]);
}

/** A value of another kind, the member gone, or a list with an item twice or not at all. */
function structuralChange(random: Numbers): (value: unknown) => unknown {
  const choice = random.next().value;
  return (value) => {
    if (Array.isArray(value) && choice % 2 === 0)
      return choice % 4 === 0 ? [...(value as unknown[]), ...(value as unknown[])] : value.slice(1);
    return choice % 5 === 0 ? undefined : VALUES[choice % VALUES.length];
  };
}

function mutateInside(value: unknown, random: Numbers): unknown {
  if (typeof value === "number") return value + (random.next().value % 2 === 0 ? 1 : -1);
  if (typeof value !== "string") return structuralChange(random)(value);
  const decoded = Buffer.from(value, "base64");
  if (decoded.length > 8 && decoded.toString("base64") === value) return mutate(decoded, random).toString("base64");
  return asJson(value) === undefined
    ? mutateByte(Buffer.from(value), random).toString("utf8")
    : mutate(Buffer.from(value), random).toString("utf8");
}

type Path = readonly (string | number)[];

function* pathsOf(value: unknown, path: Path): Generator<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) yield* pathsOf(member, [...path, name]);
}

function replaceAt(value: unknown, [name, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (name === undefined) return change(value) ?? null;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string | number, unknown>;
  const changed = rest.length === 0 ? change(copy[name]) : replaceAt(copy[name], rest, change);
  if (changed === undefined) delete copy[name];
  else copy[name] = changed;
  return copy;
}

function asJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
