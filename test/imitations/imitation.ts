import type { ServerResponse } from "node:http";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import type { RegistryStore } from "../../lib/controls/registry-store.ts";
import type { AwsPort } from "../../lib/registry/credentials/aws-port.ts";
import type { Credential } from "../../lib/registry/credentials/credential.ts";
import type { CloudAnswer, CloudRequest } from "./open-cloud.ts";

/** One manifest of a repository, as the APIs of registries tell it. */
export interface ToldManifest {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** The digest that it refers to, or null. */
  readonly subject: Digest | null;
}

/** Returns what a repository holds at this moment. */
export type Content = () => readonly ToldManifest[];

/** Answers a request for this address. */
export type Answer = (url: URL, request: CloudRequest, response: ServerResponse) => void;

/** The API of a registry, beside the distribution specification. */
interface ImitatedApi {
  readonly host: string;
  /** Reports whether a request is one for its lists. */
  readonly isList: (url: URL, host: string) => boolean;
  /** Answers its requests, logins there included. */
  readonly answer: (content: Content) => Answer;
}

/** How a registry is imitated, by its published reference or by recorded answers. */
export interface Imitation {
  /** As people write it. */
  readonly registry: string;
  /** The host that serves it, if that has another name. */
  readonly host?: string;
  /** The path of its repository. */
  readonly path: string;
  readonly credential: Credential;
  readonly api?: ImitatedApi;
  /** Answers what is special about the registry itself; true if it answered. What it leaves is the distribution specification's. */
  readonly answerRegistry?: (request: CloudRequest, response: ServerResponse) => boolean;
  /** Other hosts: of tokens. */
  readonly others?: Readonly<Record<string, Answer>>;
  /** Headers that the registry sends with every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What AWS answers. */
  readonly aws?: (content: Content) => Partial<AwsPort>;
}

/** A registry whose API speaks HTTP. */
export interface ApiImitation extends Imitation {
  readonly api: ImitatedApi;
}

/** The n-th image and signature of a repository that only its API shows. */
export const imageOf = (at: number): Digest => digestOf(`image ${at}`);
export const signatureOf = (at: number): Digest => digestOf(`signature ${at}`);

/** A repository of so many images, `v0` and on, each with a signature that bears no tag. */
export function contentOf(images: number): Content {
  const manifests = Array.from({ length: images }, (_, at): ToldManifest[] => [
    { digest: imageOf(at), tags: [`v${at}`], subject: null },
    { digest: signatureOf(at), tags: [], subject: imageOf(at) },
  ]).flat();
  return () => manifests;
}

/** What a repository of a control registry holds. */
export function contentOfStore(store: RegistryStore, path: string): Content {
  return () => {
    const { manifests = new Map(), tags = new Map() } = store.repository(path) ?? {};
    const names = Map.groupBy(tags.keys(), (tag) => tags.get(tag));
    return [...manifests.values()].map(({ digest, subject }) => ({ digest, tags: names.get(digest) ?? [], subject }));
  };
}

/** Returns all tags in their order, each with the digest that it names. */
export function tagsOf(content: Content): { readonly name: string; readonly digest: Digest }[] {
  const tags = content().flatMap((manifest) => manifest.tags.map((name) => ({ name, digest: manifest.digest })));
  return tags.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** Answers as all hosts of the imitation do; `registry` is the distribution specification's part. */
export function answersOf(imitation: Imitation, content: Content, registry: CloudAnswer): Record<string, CloudAnswer> {
  const { api, others = {} } = imitation;
  const answerApi = api?.answer(content);
  const own = imitation.host ?? imitation.registry;
  const answer: CloudAnswer = (request, response) => {
    const url = new URL(request.url, `https://${request.host}`);
    const isApi = request.host === api?.host && (request.host !== own || api.isList(url, request.host));
    if (isApi) return answerApi?.(url, request, response);
    const other = others[request.host];
    if (other) return other(url, request, response);
    for (const [name, value] of Object.entries(imitation.headers ?? {})) response.setHeader(name, value);
    if (!imitation.answerRegistry?.(request, response)) registry(request, response);
  };
  return Object.fromEntries([own, ...(api ? [api.host] : []), ...Object.keys(others)].map((host) => [host, answer]));
}
