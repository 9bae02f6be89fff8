import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import type { Failed } from "../answer.ts";
import { failWith } from "../fail.ts";
import { TAG_PAGES_LIMIT } from "../limits.ts";
import { parseNextPage } from "../next-page.ts";
import type { ApiDocument, ApiQuestion, VendorApi } from "./vendor-api.ts";

/**
 * What a page says: the question for the next one; `end`: it was the last one; `malformed`: it is not what this API answers; `incomplete`:
 * it is the last one, and the API counts more entries than it gave.
 */
export type PageStep = ApiQuestion | "end" | "malformed" | "incomplete";

type PagesAnswer = { readonly kind: "read"; readonly pages: number } | Failed;

/**
 * Reads a list of an API page by page. If a later page cannot be read, the failure is `page-missing`, and it has no status: what was
 * refused is that page, not the list.
 */
export async function readPages(
  api: VendorApi,
  first: ApiQuestion,
  read: (document: unknown, page: ApiDocument) => PageStep,
): Promise<PagesAnswer> {
  const asked = new Set<string>();
  for (let question = first; ;) {
    const name = JSON.stringify([question.path, question.body ?? null]);
    const fail = (why: string): Failed => failWith("page-missing", `list by ${question.path.split("?", 1)[0]}`, why, null, asked.size);
    if (asked.has(name)) return fail("its pages repeat themselves");
    if (asked.size >= TAG_PAGES_LIMIT) return fail(`more than ${TAG_PAGES_LIMIT} pages`);
    asked.add(name);
    const page = await api.ask(question);
    if (page.kind === "failed")
      return asked.size === 1 ? page : { kind: "failed", failure: { ...page.failure, code: "page-missing", status: null } };
    const step = read(page.value, page);
    if (step === "end") return { kind: "read", pages: asked.size };
    if (step === "incomplete") return fail("it gave fewer entries than it counts");
    if (step === "malformed" && asked.size > 1) return fail("a page that is no such list");
    if (step === "malformed")
      return failWith("unexpected-content", `list by ${question.path.split("?", 1)[0]}`, "200, but no such list", 200, 1);
    question = step;
  }
}

/** Reads a list whose pages are arrays, and which goes on by a Link. Only its query counts. `add` returns false if an entry is none. */
export function readLinked(api: VendorApi, first: ApiQuestion, add: (entry: JsonObject) => boolean): Promise<PagesAnswer> {
  const [path] = first.path.split("?", 1);
  return readPages(api, first, (document, { header }): PageStep => {
    if (!Array.isArray(document) || !document.every((entry) => isJsonObject(entry) && add(entry))) return "malformed";
    const next = parseNextPage(header("link"));
    if (next === "unusable") return "malformed";
    return next === null ? "end" : { ...first, path: `${path!}${next.query}` };
  });
}
