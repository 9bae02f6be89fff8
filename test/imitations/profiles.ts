import type { RegistryOptions } from "../../lib/controls/registry-options.ts";
import { AZURE } from "./azure.ts";
import { DIGITALOCEAN } from "./digitalocean.ts";
import { newDockerHub } from "./docker-hub.ts";
import { ECR } from "./ecr.ts";
import { GITHUB } from "./github.ts";
import { newGitLab } from "./gitlab.ts";
import { GOOGLE } from "./google.ts";
import { HARBOR } from "./harbor.ts";
import type { Imitation } from "./imitation.ts";
import { PullMeter } from "./pull-meter.ts";
import { QUAY } from "./quay.ts";
import { ZOT } from "./zot.ts";

/** How releases are signed: cosign 1 and 2, or cosign 3, whose bundles are referrers or stand in fallback tags. */
export type SigningWay = ".sig" | "bundle";

/** A registry of the field as its repositories are audited. */
export interface ImitatedProfile {
  readonly name: string;
  readonly imitate: () => Imitation;
  readonly options: Partial<RegistryOptions> & { readonly referrersApi: boolean };
  /** What keeps it from the bars of a bulk list that shows all signatures of this kind; absent if it has such a list. */
  readonly dearer?: Partial<Record<SigningWay, DearerNights>>;
}

/** The most requests a release on an unchanged night, and on one of `recheck: { rolling: 14 }`, and why. */
interface DearerNights {
  readonly unchanged: number;
  readonly rolling: number;
  readonly why: string;
}

const NO_UNTAGGED: DearerNights = { unchanged: 2.2, rolling: 0.3, why: "the bulk list has tags only, and a referrer bears none" };
const NO_SIGNATURE_TAGS: DearerNights = { unchanged: 2.2, rolling: 0.3, why: "the search does not tell what a `.sig` tag names" };
const NO_LIST: DearerNights = { unchanged: 2.2, rolling: 0.3, why: "no bulk list" };
/** One in 14 and the ten newest, four requests each: of 1,000 releases that is 0.33. */
const NO_LIST_FOUR: DearerNights = { unchanged: 2.2, rolling: 0.35, why: "no bulk list; four requests in full, and ten more releases so" };
const SMALL_PAGES: DearerNights = { unchanged: 0.035, rolling: 0.035, why: "three versions a release, 100 a request" };

/** Every registry with a list of its own, and what plain ones cost. */
export const IMITATED_PROFILES: readonly ImitatedProfile[] = [
  { name: "Amazon ECR", imitate: () => ECR, options: { referrersApi: true } },
  { name: "Google Artifact Registry", imitate: () => GOOGLE, options: { referrersApi: true, manifestMap: true } },
  {
    name: "Docker Hub",
    imitate: () => newDockerHub(new PullMeter(Infinity)),
    options: { referrersApi: true },
    dearer: { bundle: NO_UNTAGGED },
  },
  { name: "Azure Container Registry", imitate: () => AZURE, options: { referrersApi: true } },
  { name: "GitHub", imitate: () => GITHUB, options: { referrersApi: false }, dearer: { bundle: SMALL_PAGES } },
  { name: "Quay", imitate: () => QUAY, options: { referrersApi: true }, dearer: { bundle: NO_UNTAGGED } },
  { name: "Harbor", imitate: () => HARBOR, options: { referrersApi: true } },
  { name: "GitLab", imitate: () => newGitLab("registry.gitlab.com", "gitlab.com"), options: { referrersApi: false } },
  { name: "DigitalOcean", imitate: () => DIGITALOCEAN, options: { referrersApi: false } },
  {
    name: "zot",
    imitate: () => ZOT,
    options: { referrersApi: true },
    dearer: { ".sig": NO_SIGNATURE_TAGS },
  },
  {
    name: "plain, with the referrers API",
    imitate: newPlain,
    options: { referrersApi: true },
    dearer: { ".sig": NO_LIST_FOUR, bundle: NO_LIST_FOUR },
  },
  {
    name: "plain, without it",
    imitate: newPlain,
    options: { referrersApi: false },
    dearer: { ".sig": NO_LIST, bundle: NO_LIST_FOUR },
  },
];

/** A registry that does as the distribution specification says, and nothing else. */
function newPlain(): Imitation {
  return { registry: "registry.acme.example", path: "team/app", credential: { kind: "anonymous" } };
}
