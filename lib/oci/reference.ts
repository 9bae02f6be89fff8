import { isDigest, type Digest } from "./digest.ts";

/**
 * A Repository stores images: `registry` is the host (and port) as people write it, `path` the repository inside it. Docker Hub is always
 * `docker.io`; {@link import("../registry/endpoint.ts")} knows the host that serves it.
 */
export interface Repository {
  readonly registry: string;
  readonly path: string;
  /** `registry/path`, the only name for it in history and reports. */
  readonly name: string;
}

/** A repository with a tag or a digest, or the repository itself if both are absent. */
export interface Reference {
  readonly repository: Repository;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const PATH_LIMIT_CHARACTERS = 255;
const DOCKER_HUB_NAMES = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

type ParsedReference = { kind: "parsed"; reference: Reference } | { kind: "malformed"; detail: string };

export function isTag(text: unknown): text is string {
  return typeof text === "string" && TAG.test(text);
}

/** Parses `[registry/]path[:tag][@digest]` like Docker: the default registry is `docker.io`, with one-component paths under `library/`. */
export function parseReference(text: string): ParsedReference {
  const [beforeDigest, digest, ...more] = text.split("@");
  if (more.length > 0 || beforeDigest === undefined) return malformed(`more than one "@"`);
  if (digest !== undefined && !isDigest(digest)) return malformed("the digest is not sha256:<64 hex digits> (or sha512:<128>)");
  const slash = beforeDigest.lastIndexOf("/");
  const colon = beforeDigest.indexOf(":", slash + 1);
  const tag = colon < 0 ? null : beforeDigest.slice(colon + 1);
  if (tag !== null && !isTag(tag)) return malformed("the tag is not [A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  const repository = parseRepository(colon < 0 ? beforeDigest : beforeDigest.slice(0, colon));
  if (repository.kind === "malformed") return repository;
  return { kind: "parsed", reference: { repository: repository.repository, tag, digest: digest ?? null } };
}

type ParsedRepository = { kind: "parsed"; repository: Repository } | { kind: "malformed"; detail: string };

/** Parses `[registry/]path` without tag or digest. */
export function parseRepository(text: string): ParsedRepository {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const hasHost = first !== "" && (/[.:]/.test(first) || first === "localhost");
  const host = hasHost ? first.toLowerCase() : "docker.io";
  const registry = DOCKER_HUB_NAMES.has(host) ? "docker.io" : host;
  let path = hasHost ? text.slice(slash + 1) : text;
  if (!HOST.test(registry) || portOf(registry) > 65535) return malformed(`"${registry}" is no host name`);
  if (registry === "docker.io" && path !== "" && !path.includes("/")) path = `library/${path}`;
  if (!PATH.test(path) || path.length > PATH_LIMIT_CHARACTERS) {
    return malformed("the repository is lower-case letters and digits, separated by . _ - or /");
  }
  return { kind: "parsed", repository: { registry, path, name: `${registry}/${path}` } };
}

function portOf(registry: string): number {
  const port = /:(\d+)$/.exec(registry)?.[1];
  return port === undefined ? 0 : Number(port);
}

function malformed(detail: string): { kind: "malformed"; detail: string } {
  return { kind: "malformed", detail };
}

/** Formats a reference; the inverse of {@link parseReference}. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === null ? "" : `:${reference.tag}`;
  const digest = reference.digest === null ? "" : `@${reference.digest}`;
  return `${reference.repository.name}${tag}${digest}`;
}

/** Returns the registry in the name of a repository: `ghcr.io` for `ghcr.io/acme/app`. */
export function registryOf(name: string): string {
  return name.slice(0, name.indexOf("/"));
}
