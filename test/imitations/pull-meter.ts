import type { ServerResponse } from "node:http";
import { sendJson, type SeenRequest } from "../registry/start-server.ts";

/**
 * Limits pulls as Docker Hub does: a GET of a manifest is one, a HEAD is none, and every answer about a manifest tells what is left for six
 * hours. https://docs.docker.com/docker-hub/usage/pulls/
 */
export class PullMeter {
  /** Requests that got 429. */
  refused = 0;
  readonly #limit: number;
  #left: number;

  /** `limit` is Infinity for an account without one. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** Begins the next six hours. */
  refill(): void {
    this.#left = this.#limit;
  }

  /** Counts a request, and tells what is left. True if nothing was: then it is answered. */
  refuses({ method, url }: Pick<SeenRequest, "method" | "url">, response: ServerResponse): boolean {
    if (!url.includes("/manifests/")) return false;
    if (method === "GET" && this.#left === 0) {
      this.refused++;
      sendJson(response, 429, { errors: [{ code: "TOOMANYREQUESTS", message: "pull rate limit" }] });
      return true;
    }
    if (method === "GET") this.#left--;
    if (Number.isFinite(this.#left)) {
      response.setHeader("ratelimit-limit", `${this.#limit};w=21600`);
      response.setHeader("ratelimit-remaining", `${this.#left};w=21600`);
    }
    return false;
  }
}
