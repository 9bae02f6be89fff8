import { headerOf, type HttpResponse } from "./transport/http-response.ts";

const REMAINING = /^\s*(?<left>\d{1,9})\s*(?:;\s*w=(?<seconds>\d{1,9}))?/;

/**
 * How many pulls a registry still allows, by what it says of itself in `ratelimit-remaining: 97;w=21600`. It never lets more requests go
 * than are left, whatever is under way, so that none of them is refused. Others may pull from the same address or account: every answer is
 * believed if it says that less is left. https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit
 */
export class PullAllowance {
  /** Null until the registry said something. */
  #left: number | null = null;
  #seconds = 0;
  #underWay = 0;
  #learning: Promise<unknown> | null = null;

  /** Takes one pull. `unknown`: nothing was taken, because the registry has to be asked first, by a request that is no pull. */
  take(): "taken" | "spent" | "unknown" {
    if (this.#left === null) return "unknown";
    if (this.#left <= 0) return "spent";
    this.#left--;
    this.#underWay++;
    return "taken";
  }

  /** Learns what is left by a request that is no pull, sent once for all that wait for it. */
  async learn(ask: () => Promise<unknown>): Promise<void> {
    this.#learning ??= ask().finally(() => {
      this.#learning = null;
    });
    await this.#learning;
  }

  /** Notes that a pull ended, with an answer or without. */
  end(): void {
    this.#underWay--;
  }

  /** Notes what an answer says. One without the header comes from a registry, or for an account, without a limit. */
  note(response: HttpResponse): void {
    const groups = REMAINING.exec(headerOf(response, "ratelimit-remaining"))?.groups;
    if (groups === undefined) {
      if (response.status === 200) this.#left ??= Infinity;
      return;
    }
    const left = Number(groups["left"]);
    this.#seconds = Number(groups["seconds"] ?? this.#seconds);
    // What is under way may not be counted yet.
    this.#left = this.#underWay === 0 || this.#left === null ? left : Math.min(this.#left, left);
  }

  /** Describes what is used up, for the failure of a request that was not sent. */
  describe(): string {
    const span = this.#seconds === 0 ? "" : ` for ${Math.round(this.#seconds / 360) / 10} hours`;
    return `postponed: the pulls that the registry allows${span} are used up`;
  }
}
