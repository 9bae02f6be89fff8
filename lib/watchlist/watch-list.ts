import type { Repository } from "../oci/reference.ts";
import type { RepositoryPattern } from "./select/repository-pattern.ts";

/** A parsed watch list, with defaults applied: what an audit works on. Every secret is still a reference. */
export interface WatchList {
  /** The absolute path of the file. */
  readonly path: string;
  /** The repositories that are named, and in a run those, too, that its patterns match. */
  readonly repositories: readonly WatchedRepository[];
  readonly patterns: readonly WatchedPattern[];
  readonly policies: ReadonlyMap<string, Policy>;
  readonly registries: ReadonlyMap<string, RegistrySettings>;
  readonly exemptions: readonly Exemption[];
  readonly channels: readonly Channel[];
  readonly heartbeat: string | null;
  readonly storm: { readonly share: number; readonly least: number };
  readonly reports: readonly ScheduledReport[];
  readonly controls: readonly string[];
}

/** One entry of `repositories`. An entry for a list of repositories becomes one for each. */
export interface WatchedRepository {
  readonly repository: Repository;
  /** The name of the pattern that matched it; absent if the watch list names it. */
  readonly pattern?: string;
  /** The repository that this one mirrors: what is signed there must be signed here. Absent if it is no mirror. */
  readonly mirrorOf?: string;
  readonly policy: Policy;
  readonly owner: string | null;
  readonly tags: TagSelection;
  readonly target: "index" | "platforms" | "both";
  readonly signedSince: string | null;
  readonly signatureRepository: Repository | null;
  readonly tagPrefix: string;
  readonly lookaside: string | null;
  readonly graceSeconds: number;
  readonly recheck: { readonly kind: "nightly" } | { readonly kind: "rolling"; readonly nights: number };
  readonly unknownForSeconds: number;
}

/**
 * An entry of `repositories` for all repositories of a registry that a pattern matches. Each run lists them. A repository that an entry
 * names is that entry's; of several patterns, the first that matches counts.
 */
export interface WatchedPattern {
  /** `registry/path` with `*` and `**`, as an entry writes it. */
  readonly name: string;
  readonly pattern: RepositoryPattern;
  /** Repositories that are left out. */
  readonly exclude: readonly RepositoryPattern[];
  readonly settings: Omit<WatchedRepository, "repository" | "pattern">;
}

/** Which tags are releases. If all are null, the default selection of architecture section 4. */
export interface TagSelection {
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  /** A semver range, or null. */
  readonly semver: string | null;
  readonly newest: number | null;
  readonly moving: readonly string[] | null;
}

export interface Policy {
  readonly name: string;
  readonly threshold: number;
  readonly signers: readonly Signer[];
  readonly transparencyLog: "none" | "optional" | "required";
  readonly annotations: Readonly<Record<string, string>>;
  readonly accept: readonly ("signature" | "attestation")[];
  readonly require: readonly { readonly predicate: string; readonly builder: string | null; readonly source: string | null }[];
}

/** Who may sign. `name` is unique in its policy, and findings mention it. */
export type Signer = KeySigner | KeylessSigner | CertificatesSigner | GpgSigner | NotationSigner;

interface SignerCommon {
  readonly name: string;
  /** The signer counts only for digests first seen before this time (epoch milliseconds); null for always. */
  readonly until: number | null;
}

export interface KeySigner extends SignerCommon {
  readonly kind: "key";
  /** The public key as PEM; null if it is in a key service that this version cannot read (`awskms:///`). */
  readonly pem: string | null;
  /** As written in the watch list. */
  readonly source: string;
  /** The root that names the logs and timestamp authorities of this key's signatures; `public-good` if absent. */
  readonly trustedRoot?: string;
  /**
   * The key counts only for signatures with a signed time between these (epoch milliseconds). Absent: always. No watch list sets it yet.
   */
  readonly signedBetween?: readonly [number, number];
}

export interface KeylessSigner extends SignerCommon {
  readonly kind: "keyless";
  /** Null accepts any. A watch list always names one. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly subjectPattern: string | null;
  readonly github: Readonly<Record<string, string>> | null;
  /** `public-good`, `github`, or the text of a trusted_root.json. */
  readonly trustedRoot: string;
  /** The file of that text, as written. It decides nothing. */
  readonly trustedRootSource?: string;
}

export interface CertificatesSigner extends SignerCommon {
  readonly kind: "certificates";
  readonly pems: readonly string[];
  /** As for keys. */
  readonly trustedRoot?: string;
}

interface GpgSigner extends SignerCommon {
  readonly kind: "gpg";
  readonly keyring: string;
}

interface NotationSigner extends SignerCommon {
  readonly kind: "notation";
  readonly pems: readonly string[];
  readonly subject: string | null;
}

export interface RegistrySettings {
  readonly host: string;
  readonly plainHttp: boolean | null;
  /** PEM text. */
  readonly ca: string | null;
  readonly clientCertificate: string | null;
  /** `env:NAME`, `file:` with an absolute path, or `awssecret:///NAME`. The door replaces it by the PEM text that it names. */
  readonly clientKey: string | null;
  /** Hosts that blobs may be redirected to even if their addresses are private. */
  readonly redirects: readonly string[];
  /** `docker`, `anonymous`, `env:USER,PASSWORD`, `ecr[:ROLE_ARN]`, `awssecret:///NAME`, or null for the default. */
  readonly credentials: string | null;
  /**
   * The host of the token service, as in a URL, if its name does not show that it belongs to the registry. It sees the credentials, too.
   */
  readonly tokenHost: string | null;
  /** Whether it is a cache of another registry, whose 404 proves no absence; null if nobody said. */
  readonly pullThrough: boolean | null;
  readonly concurrency: number | null;
  /** At most `requests` in `seconds`; null for no limit. */
  readonly budget: { readonly requests: number; readonly seconds: number } | null;
  readonly timeoutSeconds: number | null;
  readonly retries: number | null;
}

export interface Exemption {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly reason: string;
  readonly owner: string;
  readonly ticket: string | null;
  /** The end of the last day (UTC, inclusive), in epoch milliseconds. */
  readonly until: number;
}

/** The forms in which a report can be written. */
export type ReportFormat = "html" | "csv" | "json" | "oscal";

/** A report that is written automatically, once a month. */
export interface ScheduledReport {
  readonly every: "month";
  readonly formats: readonly ReportFormat[];
  /** The name of the channel that is told of it; null for all channels that hear notices. */
  readonly notify: string | null;
}

export type Severity = "alert" | "warning" | "notice";

export type Channel = {
  readonly name: string;
  readonly severity: Severity;
  readonly owner: string | null;
  readonly remindSeconds: number | null;
} & (
  | { readonly kind: "terminal" }
  | { readonly kind: "sns"; readonly topic: string }
  | { readonly kind: "webhook"; readonly url: string; readonly secret: string | null }
);

/** A position in a file. Lines and columns start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong or weak in a watch list: where it is, what was found, and what to write. */
export interface Problem extends Position {
  readonly severity: "error" | "warning";
  /** A stable word for programs: `unknown-key`, `wrong-type`, `missing-file`, … */
  readonly code: string;
  /** What was found. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}
