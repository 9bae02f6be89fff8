import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { HostClock, RegistryClients } from "../registry/repository-client.ts";
import { runIdOf } from "./open-run.ts";
import type { WorkItem } from "./release-night.ts";

/** A certificate that ended within the hour, or a grace of some minutes, tolerates no more. */
const TOLERATED_MILLISECONDS = 3_600_000;

/** Whether this machine's clock can be right, by what the registries say in the header `Date`. */
interface ClockCheck {
  /** To be called once a registry has answered. Throws SealwatchError `clock` if most registries say another time than this machine. */
  demand(): Promise<void>;
  /** Returns, for people, which registries say another time than this machine and the others. */
  warnings(): string[];
}

/**
 * Compares the clock with those of the watched registries. If most of those that answered disagree with it, the others are asked, too, and
 * only if most of all disagree is the audit stopped: so one registry that lies stops no audit of the others.
 */
export function createClockCheck(
  items: readonly WorkItem[],
  clients: Pick<RegistryClients, "of" | "clocks">,
  wallClock: () => number,
): ClockCheck {
  let asked: Promise<void> | null = null;
  const listWrong = (): { all: readonly HostClock[]; wrong: readonly HostClock[] } => {
    const [all, now] = [clients.clocks(), wallClock()];
    return { all, wrong: all.filter(({ time }) => Math.abs(time - now) > TOLERATED_MILLISECONDS) };
  };
  const isSuspicious = (): boolean => {
    const { all, wrong } = listWrong();
    return wrong.length * 2 > all.length;
  };
  /** A registry that is down, or sends no date, says nothing for this machine or against it. */
  const isRefuted = (): boolean => {
    const { all, wrong } = listWrong();
    const watched = new Set(items.map(({ entries }) => entries[0].repository.registry));
    return wrong.length * 2 > Math.max(all.length, watched.size);
  };
  const askOthers = async (): Promise<void> => {
    const heard = new Set(clients.clocks().map(({ host }) => host));
    const others = Map.groupBy(items, ({ entries }) => entries[0].repository.registry);
    await Promise.all(
      [...others].filter(([host]) => !heard.has(host)).map(([, [item]]) => clients.of(item!.entries[0].repository).listTags()),
    );
  };
  return {
    async demand() {
      if (!isSuspicious()) return;
      await (asked ??= askOthers());
      const [first] = isRefuted() ? listWrong().wrong : [];
      if (first === undefined) return;
      const found = `this machine's clock says ${runIdOf(wallClock())}, and ${first.host} says ${runIdOf(first.time)}`;
      throw new SealwatchError("clock", `audit: ${found}; set the clock right and start again: nothing of this run counts`);
    },
    warnings: () =>
      listWrong().wrong.map(({ host, time }) => `${host}: its clock says ${runIdOf(time)}, and this machine's ${runIdOf(wallClock())}`),
  };
}
