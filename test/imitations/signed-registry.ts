import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { Imitation } from "./imitation.ts";
import type { ImitatedProfile, SigningWay } from "./profiles.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "../audit/night.ts";
import { startImitation, type StartedImitation } from "./start-imitation.ts";
import type { WatchedRepository } from "../../lib/watchlist/watch-list.ts";

/** An audited night, and the requests that its registry counted. */
interface CountedNight extends Night {
  readonly requests: number;
}

/** A registry of signed releases with its history. */
export interface SignedRegistry {
  readonly registry: StartedImitation;
  /** Pushes one more release, signed. */
  readonly push: () => void;
  /** The number of releases. */
  readonly pushed: () => number;
  /** Audits the n-th night. */
  audit(n: number, changes?: Partial<WatchedRepository>): Promise<CountedNight>;
  readonly close: () => Promise<void>;
}

/** Starts an imitated registry with so many releases, signed with one key in these ways by turns. */
export async function startSigned(
  { imitate, options }: Pick<ImitatedProfile, "options"> & { readonly imitate: () => Imitation },
  ways: readonly SigningWay[],
  releases: number,
): Promise<SignedRegistry> {
  const registry = await startImitation(imitate(), options);
  const key = newKeyPair();
  const store = openMemory();
  let pushed = 0;
  const push = (): void => {
    const image = buildImage({ seed: `release ${pushed}` });
    pushArtifact(registry.store, registry.path, image, `1.0.${pushed}`);
    if (ways[pushed++ % ways.length] === ".sig") signSimple(registry, registry.path, image, key);
    else signBundle(registry, registry.path, image, key);
  };
  for (let at = 0; at < releases; at++) push();
  return {
    registry,
    push,
    pushed: () => pushed,
    async audit(n, changes = {}) {
      const list = watchList(watch(registry.repository, key.pem, changes));
      registry.takeRequests();
      const night = await auditNight(list, store, n, { registries: registry.reach });
      return { ...night, requests: registry.takeRequests() };
    },
    close: async () => void (await Promise.all([registry.close(), store.close()])),
  };
}
