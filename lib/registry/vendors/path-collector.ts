import type { Failed } from "../answer.ts";
import { REPOSITORIES_LIMIT } from "../limits.ts";
import type { ListedPaths } from "./vendor-api.ts";

/** Collects the paths that the pages of an API list, each once. */
export class PathCollector {
  readonly #paths = new Set<string>();

  /** The number of different paths so far. */
  get size(): number {
    return this.#paths.size;
  }

  /** Adds a path, below a parent if the API leaves that out. Returns false if it is no text, or if there are too many. */
  add(path: unknown, parent = ""): boolean {
    return typeof path === "string" && this.#paths.add(parent + path).size <= REPOSITORIES_LIMIT;
  }

  /** Begins again. */
  clear(): void {
    this.#paths.clear();
  }

  /** Returns what was read, and why no more. */
  end(read: { readonly kind: string } | Failed): ListedPaths {
    return { paths: [...this.#paths], failure: "failure" in read ? read.failure : null };
  }
}
