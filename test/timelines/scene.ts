import { pushArtifact, type Artifact, type Target } from "../../lib/controls/artifact.ts";
import type { FaultCondition, FaultName } from "../../lib/controls/fault.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair, type KeyPair } from "../../lib/controls/key-pair.ts";
import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple, type SimpleSigningOptions } from "../../lib/controls/sign-simple.ts";
import { acknowledgeFinding } from "../../lib/history/findings/acknowledge.ts";
import type { Cause } from "../../lib/history/cause.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { TrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { Exemption, KeySigner, Policy, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { nightAt, watch, watchList } from "../audit/night.ts";

export const RELEASE = newKeyPair();
export const SECOND = newKeyPair();
export const STRANGER = newKeyPair();
const REPOSITORY = "app";

/** What a timeline acts on: a repository `app` in a registry, the watch list, and the history. */
export class Scene {
  readonly registry: ControlRegistry;
  readonly store: HistoryStore;
  list: WatchList;
  trust: TrustStore | null = null;

  constructor(registry: ControlRegistry, store: HistoryStore) {
    this.registry = registry;
    this.store = store;
    this.list = watchList(watch(`${registry.host}/${REPOSITORY}`, RELEASE.pem));
  }

  /** Pushes an image that nobody signed. Another seed is another image. */
  push(tag: string, seed = tag): Artifact {
    const image = buildImage({ seed });
    pushArtifact(this.registry.store, REPOSITORY, image, tag);
    return image;
  }

  pushSigned(tag: string, options: { readonly key?: KeyPair; readonly seed?: string } = {}): Artifact {
    const image = this.push(tag, options.seed ?? tag);
    signSimple(this.registry, REPOSITORY, image, options.key ?? RELEASE);
    return image;
  }

  /** Signs what the tag names, as cosign's `.sig` tag. */
  sign(tag: string, key = RELEASE, options: SimpleSigningOptions = {}): void {
    signSimple(this.registry, REPOSITORY, this.target(tag), key, options);
  }

  /** Signs what the tag names, as a referrer. */
  signAsReferrer(tag: string, key = RELEASE, annotations: Readonly<Record<string, string>> = {}): void {
    signBundle(this.registry, REPOSITORY, this.target(tag), key, { annotations });
  }

  /** Points a tag to what another one names. */
  point(tag: string, other: string): void {
    this.registry.store.tag(REPOSITORY, tag, this.digest(other));
  }

  remove(...tags: readonly string[]): void {
    for (const tag of tags) this.registry.store.untag(REPOSITORY, tag);
  }

  /** The signature's manifest is gone. */
  deleteSignature(tag: string): void {
    this.registry.store.deleteManifest(REPOSITORY, this.registry.store.digestOfTag(REPOSITORY, this.signatureTag(tag))!);
  }

  /** The signature's manifest is there, but nothing names it any more. */
  detachSignature(...tags: readonly string[]): void {
    for (const tag of tags) this.registry.store.untag(REPOSITORY, this.signatureTag(tag));
  }

  signatureTag(tag: string): string {
    return cosignTag(this.digest(tag), ".sig");
  }

  digest(tag: string): Digest {
    const digest = this.registry.store.digestOfTag(REPOSITORY, tag);
    if (digest === null) throw new Error(`the tag ${tag} names nothing`);
    return digest;
  }

  target(tag: string): Target {
    const digest = this.digest(tag);
    const { bytes, mediaType } = this.registry.store.manifest(REPOSITORY, digest)!;
    return { digest, bytes, mediaType };
  }

  /** From now on the registry answers so, everything or what fits. */
  fail(fault: FaultName, when: FaultCondition = () => true): void {
    this.registry.setFault({ when, fault });
  }

  heal(): void {
    this.registry.setFault(null);
  }

  get repository(): string {
    return `${this.registry.host}/${REPOSITORY}`;
  }

  watch(changes: Partial<WatchedRepository>): void {
    this.list = { ...this.list, repositories: this.list.repositories.map((watched) => ({ ...watched, ...changes })) };
  }

  policy(changes: Partial<Policy>): void {
    this.watch({ policy: { ...this.list.repositories[0]!.policy, ...changes } });
  }

  /** An exemption for some tags that ends so many nights after the first one. */
  exempt(tags: readonly string[], lastNight: number): Exemption {
    const exemption = { repository: this.repository, tags, reason: "end of life", owner: "me", ticket: null, until: nightAt(lastNight) };
    this.list = { ...this.list, exemptions: [...this.list.exemptions, exemption] };
    return exemption;
  }

  /** Somebody takes on the live finding of this cause until some night. */
  async acknowledge(cause: Cause, night: number, now: number): Promise<void> {
    const finding = (await this.store.findings({ live: true })).find((live) => live.cause === cause);
    if (finding === undefined) throw new Error(`no finding ${cause} is live`);
    const request = { until: nightAt(night), reason: "seen", owner: "me", now: nightAt(now) };
    await this.store.saveFinding(acknowledgeFinding(finding, request));
  }
}

/** A key of a policy. */
export function keySigner(name: string, { pem }: KeyPair, until: number | null = null): KeySigner {
  return { kind: "key", name, pem, source: `${name}.pub`, until };
}
