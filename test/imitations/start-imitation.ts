import { startRegistry } from "../../lib/controls/registry-server.ts";
import type { RegistryOptions } from "../../lib/controls/registry-options.ts";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import type { SigningPlace } from "../../lib/controls/attach-referrer.ts";
import type { AwsPort } from "../../lib/registry/credentials/aws-port.ts";
import type { RegistryClientOptions } from "../../lib/registry/registry-clients.ts";
import { answersOf, contentOfStore, type Imitation } from "./imitation.ts";
import { openCloud } from "./open-cloud.ts";

/** A whole registry under its own name, whose API tells what its store holds. */
export interface StartedImitation extends SigningPlace {
  /** The name of its repository. */
  readonly repository: string;
  readonly path: string;
  /** What reaches it, and logs in. */
  readonly reach: Partial<RegistryClientOptions>;
  /** Requests since the start or the last call, those for tokens and those to AWS included. */
  takeRequests(): number;
  close(): Promise<void>;
}

/** Starts the imitation, empty, over a control registry with these options. */
export async function startImitation(
  imitation: Imitation,
  given: Partial<RegistryOptions>,
  store = new RegistryStore(),
): Promise<StartedImitation> {
  const { registry: host, path, credential } = imitation;
  const registry = await startRegistry({ ...given, store });
  const content = contentOfStore(store, path);
  const cloud = await openCloud(answersOf(imitation, content, ({ message }, response) => registry.serve(message, response)));
  let [aws, taken] = [0, 0];
  const answers = imitation.aws?.(content) ?? {};
  const port = new Proxy({} as AwsPort, {
    get: (_, operation: keyof AwsPort) => {
      aws++;
      return answers[operation] ?? (() => Promise.reject(new Error("AccessDeniedException")));
    },
  });
  return {
    host,
    store,
    options: registry.options,
    repository: `${host}/${path}`,
    path,
    reach: { ...cloud.options, aws: port, credentials: { load: () => Promise.resolve(credential) } },
    takeRequests() {
      const before = taken;
      taken = cloud.seen.length + aws;
      return taken - before;
    },
    async close() {
      cloud.close();
      await registry.close();
    },
  };
}
