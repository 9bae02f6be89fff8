import type { RegistryRequest, RequestKind } from "./registry-request.ts";

/** A RequestLog lists every request in order of arrival, whatever its answer. */
export class RequestLog {
  #entries: RegistryRequest[] = [];

  add(request: RegistryRequest): void {
    this.#entries.push(request);
  }

  /** Returns all requests, or those of one kind. */
  entries(kind?: RequestKind): readonly RegistryRequest[] {
    return kind === undefined ? this.#entries : this.#entries.filter((request) => request.kind === kind);
  }

  count(kind?: RequestKind): number {
    return this.entries(kind).length;
  }

  clear(): void {
    this.#entries = [];
  }
}
