import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A user name with its password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A registry that others wrote: how it is started, and what it can do. */
export interface RegistryKind {
  readonly name: string;
  /** Whether it answers the referrers API. */
  readonly referrersApi: boolean;
  /** Whether it announces and has the signature extension. */
  readonly signatureExtension?: true;
  /** The program that serves at a port, over an empty folder of its own; or a script that starts it and ends. */
  readonly command: (port: number, folder: string) => Command;
  /** Ends what a script started. */
  readonly stop?: (folder: string) => Command;
  /** What the names of repositories begin with. Absent: nothing. */
  readonly prefix?: string;
  /** Who may push and pull. Absent: everybody. */
  readonly login?: Login;
  /** Whether it shows `.sig` and other tags only by its paged list: 1,100 tags are pushed to find out. Too slow for some. */
  readonly paging: boolean;
  /**
   * Manifests go by digest, and then their tags, too; or by tag, and then the digest stays until it is deleted itself; or not by the
   * registry's protocol at all.
   */
  readonly deletion: "digest" | "tag-and-digest" | "none";
}

export type Command = readonly [program: string, ...args: string[]];

/** Where install-registries.sh puts what it builds. */
export const BIN = process.env["SEALWATCH_INTEROP_BIN"] ?? join(homedir(), ".cache", "sealwatch-interop");
const GITEA_SCRIPT = resolve("test/interop/servers/gitea.sh");
const PULP = resolve("test/interop/pulp/pulp.sh");

function olareg(port: number, folder: string, ...more: string[]): Command {
  const api = ["--api-delete", "--api-blob-delete"];
  return [join(BIN, "olareg"), "serve", "--addr", "127.0.0.1", "--port", String(port), "--dir", folder, ...api, ...more];
}

/** Docker's distribution, of both generations, reads the same configuration. With `upstream` it is a pull-through mirror. */
export function distribution(program: string, port: number, folder: string, upstream: string | null = null): Command {
  const configuration = join(folder, `${port}.yml`);
  writeFileSync(
    configuration,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, `storage-${port}`) }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}` },
      ...(upstream !== null && { proxy: { remoteurl: upstream } }),
    }),
  );
  return [program, "serve", configuration];
}

function pulp(generation: string, deletion: RegistryKind["deletion"]): RegistryKind {
  return {
    name: `Pulp ${generation}`,
    referrersApi: false,
    command: (port, folder) => ["bash", PULP, "start", join(BIN, `pulp-${generation}`), folder, String(port)],
    stop: (folder) => ["bash", PULP, "stop", folder],
    login: { user: "admin", password: "password" },
    signatureExtension: true,
    paging: false,
    deletion,
  };
}

/** Built only by `install-registries.sh --gitea`. Its repositories belong to a user, whose name they begin with. */
const GITEA: RegistryKind = {
  name: "Gitea 1.26.0",
  referrersApi: false,
  command: (port, folder) => ["bash", GITEA_SCRIPT, "start", join(BIN, "gitea"), folder, String(port)],
  stop: (folder) => ["bash", GITEA_SCRIPT, "stop", folder],
  login: { user: "lab", password: "pass12345" },
  prefix: "lab/",
  paging: true,
  deletion: "tag-and-digest",
};

const OPEN = { paging: true, deletion: "digest" } as const;

export const REGISTRIES: readonly RegistryKind[] = [
  { ...OPEN, name: "olareg 0.1.2", referrersApi: true, command: (port, folder) => olareg(port, folder) },
  {
    ...OPEN,
    name: "olareg 0.1.2 without referrers API",
    referrersApi: false,
    command: (port, folder) => olareg(port, folder, "--api-referrer=false"),
  },
  {
    ...OPEN,
    name: "distribution 3.1.2",
    referrersApi: false,
    command: (port, folder) => distribution(join(BIN, "registry"), port, folder),
  },
  {
    ...OPEN,
    name: "docker-registry 2.8 of Debian",
    referrersApi: false,
    command: (port, folder) => distribution("docker-registry", port, folder),
  },
  {
    name: "ggcr 0.22.1",
    referrersApi: false,
    command: (port) => [join(BIN, "crane"), "registry", "serve", "--address", `127.0.0.1:${port}`],
    paging: true,
    deletion: "tag-and-digest",
  },
  {
    name: "ggcr 0.22.1 with referrers API",
    referrersApi: true,
    command: (port) => [join(BIN, "ggcr-referrers"), `127.0.0.1:${port}`],
    paging: true,
    deletion: "tag-and-digest",
  },
  {
    name: "CUE Labs' ociregistry",
    referrersApi: true,
    command: (port) => [join(BIN, "cuelabs"), `127.0.0.1:${port}`],
    paging: true,
    deletion: "tag-and-digest",
  },
  ...(existsSync(join(BIN, "gitea")) ? [GITEA] : []),
  pulp("2.27", "none"),
  pulp("2.30", "digest"),
];

/** Answers 429 to whoever asks more than `perSecond` times a second. */
export function throttlingRegistry(perSecond: number): RegistryKind {
  const command: RegistryKind["command"] = (port, folder) => olareg(port, folder, "--rate-limit", String(perSecond));
  return { ...OPEN, name: `olareg 0.1.2 with ${perSecond} requests a second`, referrersApi: true, command };
}
