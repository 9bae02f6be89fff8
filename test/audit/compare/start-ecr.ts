import { request as sendHttp } from "node:http";
import { onTestFinished } from "vitest";
import { startRegistry } from "../../../lib/controls/registry-server.ts";
import type { RegistryStore } from "../../../lib/controls/registry-store.ts";
import type { Digest } from "../../../lib/oci/digest.ts";
import type { AwsPort, EcrImage } from "../../../lib/registry/credentials/aws-port.ts";
import type { RegistryClientOptions } from "../../../lib/registry/registry-clients.ts";
import { startCloud } from "../../registry/vendors/start-cloud.ts";

export const ECR_HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";

/** A registry of ECR: a control registry under its name, with the API of AWS beside it. */
export interface ImitatedEcr {
  readonly host: typeof ECR_HOST;
  readonly store: RegistryStore;
  readonly options: { readonly referrersApi: boolean };
  /** What clients must be opened with. */
  readonly registries: Partial<RegistryClientOptions>;
  /** Lifecycle policies by repository; `refused` is what AWS says to a role that may not read them. */
  readonly policies: Map<string, object | "refused">;
  /** The repositories of which the policy was asked for. */
  readonly asked: string[];
  /** When something was pushed, in epoch milliseconds; what is not here, at the time of `pushedAt`. */
  readonly pushed: Map<Digest, number>;
  pushedAt: number;
}

/** Starts it until the test ends. `referrersApi`: whether signatures can be attached by their subject. */
export async function startEcr(pushedAt: number, referrersApi = true): Promise<ImitatedEcr> {
  const registry = await startRegistry({ referrersApi });
  onTestFinished(() => registry.close());
  const cloud = await startCloud({
    [ECR_HOST]: ({ method, url, headers }, response) => {
      const onward = sendHttp(`${registry.url}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.end();
    },
  });
  const [policies, asked, pushed] = [new Map<string, object | "refused">(), [] as string[], new Map<Digest, number>()];
  const aws = {
    describeImages: (name: string) => Promise.resolve({ entries: listImages(ecr, name), nextToken: undefined }),
    getLifecyclePolicy(name: string) {
      asked.push(name);
      const policy = policies.get(name);
      if (policy === undefined) return refuse("LifecyclePolicyNotFoundException");
      return policy === "refused"
        ? refuse("AccessDeniedException")
        : Promise.resolve({ text: JSON.stringify(policy), evaluatedAt: undefined });
    },
    describePullThroughCacheRules: () => refuse("AccessDeniedException"),
  } as Partial<AwsPort> as AwsPort;
  const credential = { kind: "basic", username: "AWS", password: "token", aws: { role: null } } as const;
  const ecr: ImitatedEcr = {
    host: ECR_HOST,
    store: registry.store,
    options: { referrersApi },
    registries: { ...cloud.options, aws, credentials: { load: () => Promise.resolve(credential) } },
    policies,
    asked,
    pushed,
    pushedAt,
  };
  return ecr;
}

function listImages({ store, pushed, pushedAt }: ImitatedEcr, name: string): EcrImage[] {
  const repository = store.repository(name);
  if (repository === undefined) return [];
  return [...repository.manifests.values()].map(({ digest, mediaType, subject }) => ({
    digest,
    mediaType,
    subject: subject ?? undefined,
    tags: [...repository.tags].flatMap(([tag, named]) => (named === digest ? [tag] : [])),
    status: "ACTIVE",
    pushedAt: new Date(pushed.get(digest) ?? pushedAt),
    pulledAt: undefined,
    activatedAt: undefined,
  }));
}

function refuse(name: string): Promise<never> {
  return Promise.reject(Object.assign(new Error("refused"), { name }));
}
