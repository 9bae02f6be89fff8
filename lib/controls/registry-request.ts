import type { IncomingMessage } from "node:http";
import { isDigest } from "../oci/digest.ts";

/** What a request asks for. `storage` is the blob service behind `redirectBlobs`; `upload` is the push of a blob. */
export type RequestKind =
  | "ping"
  | "token"
  | "catalog"
  | "tags"
  | "manifest-tag"
  | "manifest-digest"
  | "blob"
  | "referrers"
  | "upload"
  | "storage"
  | "other";

/** A request as it arrived. */
export interface RegistryRequest {
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  readonly kind: RequestKind;
  readonly repository: string | null;
  /** Tag, digest or upload id, percent-decoded. */
  readonly reference: string | null;
  readonly query: string;
  /** Whether it had an Authorization header. */
  readonly authorization: boolean;
  readonly accept: string;
  /** The status of the answer; null before the answer, and if the connection was cut or left hanging. */
  status: number | null;
}

const ROUTE = /^\/v2\/(?<repository>.+)\/(?<route>tags|manifests|blobs\/uploads|blobs|referrers)\/(?<reference>[^/]*)$/;

/** Parses a request from its method, path and headers. */
export function parseRequest(message: IncomingMessage): RegistryRequest {
  const path = message.url ?? "/";
  const mark = path.indexOf("?");
  const bare = mark < 0 ? path : path.slice(0, mark);
  return {
    method: message.method ?? "GET",
    path,
    ...readRoute(bare),
    query: mark < 0 ? "" : path.slice(mark + 1),
    authorization: message.headers.authorization !== undefined,
    accept: message.headers.accept ?? "",
    status: null,
  };
}

function readRoute(path: string): Pick<RegistryRequest, "kind" | "repository" | "reference"> {
  const groups = ROUTE.exec(path)?.groups;
  if (!groups) return { kind: kindOutsideRepositories(path), repository: null, reference: path.slice(path.lastIndexOf("/") + 1) };
  const reference = decode(groups["reference"]!);
  return { kind: kindOf(groups["route"]!, reference), repository: groups["repository"]!, reference };
}

function kindOutsideRepositories(path: string): RequestKind {
  if (path === "/v2/" || path === "/v2") return "ping";
  if (path === "/v2/_catalog") return "catalog";
  if (path === "/token") return "token";
  return path.startsWith("/storage/") ? "storage" : "other";
}

function kindOf(route: string, reference: string): RequestKind {
  if (route === "tags") return reference === "list" ? "tags" : "other";
  if (route === "manifests") return isDigest(reference) ? "manifest-digest" : "manifest-tag";
  if (route === "blobs/uploads" || reference === "uploads") return "upload";
  return route === "blobs" ? "blob" : "referrers";
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A RequestLog lists every request in order of arrival, whatever its answer. */
export class RequestLog {
  #entries: RegistryRequest[] = [];

  add(request: RegistryRequest): void {
    this.#entries.push(request);
  }

  /** Returns all requests, or those of one kind. */
  entries(kind?: RequestKind): readonly RegistryRequest[] {
    return kind === undefined ? this.#entries : this.#entries.filter((request) => request.kind === kind);
  }

  count(kind?: RequestKind): number {
    return this.entries(kind).length;
  }

  clear(): void {
    this.#entries = [];
  }
}
