import type { HistoryStore } from "../../history/store.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import { recallChannel } from "../../watchlist/record/watch-list-document.ts";
import type { RunPlan } from "../part.ts";
import type { ConclusionPorts } from "./conclude-run.ts";
import { deliver, type DeliveryRequest } from "./deliver.ts";

/**
 * Offers what is unsent, of any run, once more to its channels, for a run that is closed. An entry that a channel takes is marked sent;
 * any other entry waits for the next run. Answers which channels are still broken; nobody is told of it again.
 */
export async function deliverLate(
  { run, formerChannels }: RunPlan,
  { clock, sleep }: Pick<DeliveryRequest, "clock" | "sleep">,
  ports: { readonly store: HistoryStore } & Pick<ConclusionPorts, "channels" | "openFormer">,
): Promise<BrokenChannel[]> {
  const former = await ports.openFormer(formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  return deliver(ports.store, ports.channels, { run, previous: null, clock, wallClock: clock, sleep, former, isRepeated: true });
}
