import { isDigest } from "../../oci/digest.ts";
import { parseEcrHost } from "../../oci/ecr-host.ts";
import type { Failed } from "../answer.ts";
import type { EcrImage, EcrPage } from "../credentials/aws-port.ts";
import type { EcrLists } from "../credentials/ecr-lists.ts";
import { loadEcrCredential } from "../credentials/load-ecr-credential.ts";
import { failWith } from "../fail.ts";
import { TAG_PAGES_LIMIT } from "../limits.ts";
import { parseLifecyclePolicy } from "../retention/lifecycle-policy.ts";
import { KEEPS_ALL, type RetentionRules } from "../retention/retention-rules.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ManagedSigning } from "../repository-client.ts";
import type { BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

/** An image matches a handful of signing rules at most. */
const SIGNINGS_SHOWN = 20;

/**
 * A private registry of AWS: the run's own identity there is a login, and the API of ECR tells all images with tags and subjects.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export const ECR: RegistryProfile = {
  isFor: (registry) => parseEcrHost(registry) !== null,
  defaultLogin: (registry, surroundings) => loadEcrCredential(registry, null, surroundings),
  listInBulk,
  listRepositories,
  listingRemedy: "allow these credentials ecr:DescribeRepositories, or name each repository",
  isPullThrough,
  listManagedSignings,
  readRetention,
};

/** By DescribeImages, in pages of 1,000 images. Archived images are listed with their tags; they are told as archived. */
async function listInBulk(api: VendorApi, repository: string): Promise<BulkAnswer> {
  const ecr = await api.ecr();
  if (ecr === null) return null;
  const bulk = new BulkCollector();
  const read = await readAll(
    (after) => ecr.images(repository, after),
    (image) => {
      const { digest, tags, subject, status } = image;
      const isServed = status === undefined || status === "ACTIVE";
      return (
        bulk.addManifest(digest, tags) &&
        (subject === undefined || bulk.addReferrer(subject, digest)) &&
        (isServed ? bulk.addDates(datesOf(image)) : bulk.addArchived(digest))
      );
    },
  );
  return read.kind === "failed" ? read : bulk.end(read.pages, "all");
}

/** What was restored from the archive counts as pushed then. */
function datesOf({ digest, tags, subject, mediaType, pushedAt, pulledAt, activatedAt }: EcrImage) {
  return {
    digest,
    tags,
    subject: isDigest(subject) ? subject : null,
    mediaType: mediaType ?? null,
    pushedAt: timeOf(activatedAt ?? pushedAt),
    pulledAt: timeOf(pulledAt),
    isImmutable: false,
  };
}

function timeOf(date: Date | undefined): number | null {
  const time = date?.getTime() ?? Number.NaN;
  return Number.isFinite(time) ? time : null;
}

/** By the lifecycle policy. */
async function readRetention(api: VendorApi, repository: string): Promise<RetentionRules | null> {
  const policy = await (await api.ecr())?.lifecyclePolicy(repository);
  if (policy === null) return KEEPS_ALL;
  if (policy === undefined || "failure" in policy || policy.text === undefined) return null;
  return parseLifecyclePolicy(policy.text, timeOf(policy.evaluatedAt));
}

async function listRepositories(api: VendorApi): Promise<ListedPaths> {
  const ecr = await api.ecr();
  const paths = new PathCollector();
  if (ecr === null) return paths.end(api.refuse(401, "AWS did not give its login; write credentials: ecr, or ecr:ROLE_ARN"));
  const read = await readAll(
    (after) => ecr.repositories(after),
    (name) => paths.add(name),
  );
  return paths.end(read);
}

/**
 * By the rules of the registry: a repository is a cache if its path begins with the prefix of a rule. ROOT is the prefix of all.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
async function isPullThrough(api: VendorApi, repository: string): Promise<boolean | null> {
  const ecr = await api.ecr();
  if (ecr === null) return null;
  const prefixes = await api.once("prefixes of caches", () => listPrefixes(ecr));
  return prefixes === null ? null : prefixes.some((prefix) => prefix === "ROOT" || repository.startsWith(`${prefix}/`));
}

/** Status and reason are shown as AWS words them. https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html */
async function listManagedSignings(api: VendorApi, repository: string, digest: string): Promise<readonly ManagedSigning[]> {
  const listed = await (await api.ecr())?.signings(repository, digest);
  if (listed === undefined || "failure" in listed) return [];
  return listed
    .slice(0, SIGNINGS_SHOWN)
    .flatMap(({ profile, status, failure }) =>
      profile === undefined || status === undefined ? [] : [{ profile, status, failure: failure ?? null }],
    );
}

async function listPrefixes(ecr: EcrLists): Promise<readonly string[] | null> {
  const prefixes: string[] = [];
  const read = await readAll(
    (after) => ecr.pullThroughPrefixes(after),
    (prefix) => prefix !== undefined && prefixes.push(prefix) > 0,
  );
  return read.kind === "failed" ? null : prefixes;
}

/** Reads all pages. If one fails, or `add` refuses an entry, nothing of the list may be used. */
async function readAll<T>(
  ask: (after: string | null) => Promise<EcrPage<T> | Failed>,
  add: (entry: T) => boolean,
): Promise<{ readonly kind: "read"; readonly pages: number } | Failed> {
  const asked = new Set<string | null>();
  const fail = (why: string): Failed => failWith("page-missing", "ask AWS for a list", why, null, asked.size);
  for (let after: string | null = null; ;) {
    asked.add(after);
    const page = await ask(after);
    if ("failure" in page)
      return asked.size === 1 ? page : { kind: "failed", failure: { ...page.failure, code: "page-missing", status: null } };
    if (!page.entries.every(add)) return fail("an entry is not what it should be");
    if (page.nextToken === undefined) return { kind: "read", pages: asked.size };
    if (asked.has(page.nextToken)) return fail("its pages repeat themselves");
    if (asked.size >= TAG_PAGES_LIMIT) return fail(`more than ${TAG_PAGES_LIMIT} pages`);
    after = page.nextToken;
  }
}
