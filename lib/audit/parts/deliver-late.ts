import type { HistoryStore } from "../../history/store.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import { recallChannel } from "../../watchlist/record/watch-list-document.ts";
import { deliver, type DeliveryRequest } from "../conclude/deliver.ts";
import type { RunPorts } from "../run-audit.ts";
import type { RunPlan } from "./part.ts";

/**
 * Offers what is unsent, of any run, once more to its channels, for a run that is closed. An entry that a channel takes is marked sent;
 * any other waits for the next run. Answers what is broken still; nobody is told of it again.
 */
export async function deliverLate(
  plan: RunPlan,
  { clock, sleep }: Pick<DeliveryRequest, "clock" | "sleep">,
  ports: { readonly store: HistoryStore } & Pick<RunPorts, "channels" | "openFormer">,
): Promise<BrokenChannel[]> {
  const former = await ports.openFormer(plan.formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  const request = { run: plan.run, previous: null, clock, wallClock: clock, sleep, former, isRepeated: true };
  return deliver(ports.store, ports.channels, request);
}
