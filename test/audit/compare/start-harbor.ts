import { request as sendHttp } from "node:http";
import { onTestFinished } from "vitest";
import { startRegistry } from "../../../lib/controls/registry-server.ts";
import type { RegistryStore } from "../../../lib/controls/registry-store.ts";
import { sendJson, startServer } from "../../registry/start-server.ts";

/** A Harbor before 2.5: signatures are artifacts, and a policy of tag retention belongs to the project `acme`. */
export interface ImitatedHarbor {
  readonly host: string;
  readonly store: RegistryStore;
  /** The rules, and when they are applied. */
  policy: { readonly rules: readonly object[]; readonly cron: string } | null;
}

/** Starts it until the test ends. Everything in it was pushed at this time (epoch milliseconds). */
export async function startHarbor(pushedAt: number): Promise<ImitatedHarbor> {
  const registry = await startRegistry({ referrersApi: false });
  const server = await startServer(({ url, method, headers }, response) => {
    const path = url.split("?", 1)[0]!;
    if (path === "/service/token") return sendJson(response, 200, { token: "pull", expires_in: 1800 });
    if (path.endsWith("/artifacts")) {
      const artifacts = listArtifacts(registry.store, pushedAt);
      return sendJson(response, 200, artifacts, { "x-total-count": String(artifacts.length) });
    }
    if (path === "/api/v2.0/projects/acme") {
      const metadata = harbor.policy === null ? {} : { retention_id: "7" };
      return sendJson(response, 200, { project_id: 3, name: "acme", metadata: { public: "true", ...metadata } });
    }
    if (path === "/api/v2.0/retentions/7") {
      const { rules, cron } = harbor.policy!;
      return sendJson(response, 200, { id: 7, algorithm: "or", rules, trigger: { kind: "Schedule", settings: { cron } } });
    }
    if (headers.authorization !== "Bearer pull") {
      const challenge = `Bearer realm="${server.url}/service/token",service="harbor-registry",scope="repository:acme/app:pull"`;
      return sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] }, { "www-authenticate": challenge });
    }
    const onward = sendHttp(`${registry.url}${url}`, { method, headers: { ...headers, authorization: "" } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  onTestFinished(async () => void (await Promise.all([server.close(), registry.close()])));
  const harbor: ImitatedHarbor = { host: server.host, store: registry.store, policy: null };
  return harbor;
}

function listArtifacts(store: RegistryStore, pushedAt: number): object[] {
  const repository = store.repository("acme/app")!;
  const time = new Date(pushedAt).toISOString();
  return [...repository.manifests.keys()].map((digest) => {
    const names = [...repository.tags].flatMap(([name, named]) => (named === digest ? [name] : []));
    return { digest, push_time: time, tags: names.map((name) => ({ name, push_time: time })), accessories: null };
  });
}
