import type { ServerResponse } from "node:http";
import { formatBasic } from "../../lib/registry/login/token-endpoint.ts";
import { sendJson } from "../registry/start-server.ts";
import type { ApiImitation, ToldManifest } from "./imitation.ts";
import type { CloudRequest } from "./open-cloud.ts";

const HOST = "harbor.acme.example";
const ROBOT = { kind: "basic", username: "robot$acme+audit", password: "s3cret" } as const;
const TOKEN = "for-the-registry";
const SIGNATURE_TAG = /^sha256-(?<hex>[0-9a-f]{64})\.sig$/;

/**
 * Answers as Harbor 2.15 does: a token for the registry, Basic for the API, 100 artifacts a page. Whatever refers to an artifact, or bears
 * a tag of cosign for it, is its accessory, and no artifact of the list.
 */
export const HARBOR: ApiImitation = {
  registry: HOST,
  path: "acme/team/app",
  credential: ROBOT,
  api: {
    host: HOST,
    isList: ({ pathname }) => pathname.startsWith("/api/v2.0/"),
    answer: (content) => (url, request, response) => {
      if (request.headers.authorization !== formatBasic(ROBOT.username, ROBOT.password)) return refuse(response, {});
      if (!url.pathname.includes("/repositories")) return sendJson(response, 200, { project_id: 3, name: "acme", registry_id: null });
      const all = url.pathname.endsWith("/artifacts") ? listArtifacts(content()) : ["acme/team/app", "acme/web"].map((name) => ({ name }));
      const size = Math.min(Number(url.searchParams.get("page_size")), 100);
      const start = (Number(url.searchParams.get("page")) - 1) * size;
      sendJson(response, 200, all.slice(start, start + size), { "x-total-count": String(all.length) });
    },
  },
  answerRegistry: ({ url, headers }: CloudRequest, response: ServerResponse) => {
    if (url.startsWith("/service/token")) sendJson(response, 200, { token: TOKEN, expires_in: 1800 });
    else if (headers.authorization !== `Bearer ${TOKEN}`) {
      const header = `Bearer realm="https://${HOST}/service/token",service="harbor-registry",scope="repository:acme/team/app:pull"`;
      refuse(response, { "www-authenticate": header });
    } else return false;
    return true;
  },
};

function refuse(response: ServerResponse, headers: Record<string, string>): void {
  sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] }, headers);
}

function listArtifacts(manifests: readonly ToldManifest[]): object[] {
  const subjectOf = ({ subject, tags }: ToldManifest): string | null => {
    const hex = tags.flatMap((tag) => SIGNATURE_TAG.exec(tag)?.groups?.["hex"] ?? [])[0];
    return subject ?? (hex === undefined ? null : `sha256:${hex}`);
  };
  const accessories = Map.groupBy(manifests, subjectOf);
  return (accessories.get(null) ?? []).map(({ digest, tags }) => ({
    digest,
    type: "IMAGE",
    // Go writes null for a list without entries.
    tags: tags.length === 0 ? null : tags.map((name, id) => ({ id, name, immutable: false })),
    accessories: accessories.get(digest)?.map((accessory, id) => ({ id, digest: accessory.digest, type: "signature.cosign" })) ?? null,
  }));
}
