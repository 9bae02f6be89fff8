import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackPlace, Template } from "./resolve-template.ts";

/** A file or a folder that a deployment uploads. */
export interface Asset {
  /** On this machine. */
  readonly path: string;
  /** Folders are uploaded as one archive. */
  readonly isFolder: boolean;
  readonly bucket: string;
  readonly key: string;
}

/** One stack of a cloud assembly, as `cdk synth` leaves it in cdk.out. */
export interface CloudAssembly {
  readonly template: Template;
  readonly place: StackPlace;
  readonly assets: readonly Asset[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string; readonly packaging: string };
        readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
      }
    >
  >;
}

/** Where a stack would go that says nothing of account and region. */
const ANYWHERE = { account: "111122223333", region: "eu-central-1" };

/**
 * Reads the only stack of the assembly, or the one of that name.
 * @throws Error where there is none, or more than one and no name.
 */
export async function readCloudAssembly(directory: string, stackName?: string): Promise<CloudAssembly> {
  const { artifacts } = (await readJson(join(directory, "manifest.json"))) as { readonly artifacts: Readonly<Record<string, Artifact>> };
  const stacks = Object.entries(artifacts).filter(
    ([id, { type, properties }]) =>
      type === "aws:cloudformation:stack" && (stackName === undefined || id === stackName || properties?.stackName === stackName),
  );
  const [found, ...others] = stacks;
  if (!found || others.length > 0)
    throw new Error(`read cloud assembly ${directory}: ${stacks.length} stacks fit ${stackName ?? "any name"}, not one`);
  const [id, { environment = "", properties }] = found;
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  const place = {
    stackName: properties?.stackName ?? id,
    account: account === undefined || account === "unknown-account" ? ANYWHERE.account : account,
    region: region === undefined || region === "unknown-region" ? ANYWHERE.region : region,
  };
  const manifests = Object.entries(artifacts).filter(([name, { type }]) => type === "cdk:asset-manifest" && name.startsWith(`${id}.`));
  const assets = await Promise.all(manifests.map(([, artifact]) => readAssets(directory, artifact.properties!.file!, place)));
  const template = (await readJson(join(directory, properties!.templateFile!))) as Template;
  return { template, place, assets: assets.flat() };
}

async function readAssets(directory: string, file: string, { account, region }: StackPlace): Promise<Asset[]> {
  const { files = {} } = (await readJson(join(directory, file))) as AssetManifest;
  const fill = (text: string): string =>
    text.replaceAll("${AWS::AccountId}", account).replaceAll("${AWS::Region}", region).replaceAll("${AWS::Partition}", "aws");
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ bucketName, objectKey }) => ({
      path: join(directory, source.path),
      isFolder: source.packaging === "zip",
      bucket: fill(bucketName),
      key: fill(objectKey),
    })),
  );
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}
