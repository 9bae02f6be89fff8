import { digestOf, type Digest } from "../../oci/digest.ts";
import type { Policy } from "../../watchlist/watch-list.ts";
import { DEFAULT_ROOT } from "../log-demand.ts";
import { parseTrustedRoot } from "./parse-trusted-root.ts";
import type { FindMaterial, FoundMaterial } from "./trust-material.ts";

/** Roots that a watch list calls by name, because they change without it. */
export const NAMED_ROOTS = ["public-good", "github"] as const;
export type NamedRootName = (typeof NAMED_ROOTS)[number];

/** The text of a named root, and how long it may be relied on (epoch milliseconds). */
export interface NamedRoot {
  readonly text: string;
  readonly usableUntil: number;
}

/** All trust material of a run. */
export interface TrustStore {
  readonly find: FindMaterial;
  /** Returns the text of a named root, whatever its age; null if there is none. */
  textOf(name: string): string | null;
}

/**
 * Creates a store of the named roots at the time `now`. Any other name is taken for the text of a trusted_root.json. It came with the watch
 * list, so its owner decides how old it may be.
 */
export function createTrustStore(named: ReadonlyMap<string, NamedRoot>, now: number): TrustStore {
  const found = new Map<string, FoundMaterial>();
  const find: FindMaterial = (trustedRoot) => {
    const known = found.get(trustedRoot);
    if (known) return known;
    const result = load(trustedRoot, named.get(trustedRoot) ?? null, now);
    found.set(trustedRoot, result);
    return result;
  };
  return { find, textOf: (name) => named.get(name)?.text ?? null };
}

function load(trustedRoot: string, root: NamedRoot | null, now: number): FoundMaterial {
  const isNamed = (NAMED_ROOTS as readonly string[]).includes(trustedRoot);
  if (isNamed && root === null) return missing("trusted-root-missing", `the trusted root ${trustedRoot} is not there`);
  if (root !== null && now > root.usableUntil) {
    const day = new Date(root.usableUntil).toISOString().slice(0, 10);
    return missing(
      "trusted-root-too-old",
      `the trusted root ${trustedRoot} is too old: it was good until ${day}; let Sealwatch fetch it, or update Sealwatch`,
    );
  }
  const parsed = parseTrustedRoot(root?.text ?? trustedRoot);
  if (parsed.kind === "malformed")
    return missing("trusted-root-missing", `the trusted root${isNamed ? ` ${trustedRoot}` : ""} cannot be used: ${parsed.detail}`);
  return { kind: "material", material: parsed.material };
}

function missing(code: string, detail: string): FoundMaterial {
  return { kind: "missing", code, detail };
}

/** Lists the named roots on which verdicts by the policy may rest. */
export function namedRootsOf(policy: Policy): NamedRootName[] {
  const asked = new Set(
    policy.signers.flatMap((signer) => {
      if (signer.kind === "keyless") return [signer.trustedRoot];
      if ((signer.kind !== "key" && signer.kind !== "certificates") || policy.transparencyLog === "none") return [];
      return [signer.trustedRoot ?? DEFAULT_ROOT];
    }),
  );
  return NAMED_ROOTS.filter((name) => asked.has(name));
}

/** Returns the digests of the texts of the policy's named roots. They are part of its epoch. */
export function rootDigests(policy: Policy, store: TrustStore): ReadonlyMap<NamedRootName, Digest> {
  return new Map(
    namedRootsOf(policy).flatMap((name): [NamedRootName, Digest][] => {
      const text = store.textOf(name);
      return text === null ? [] : [[name, digestOf(text)]];
    }),
  );
}
