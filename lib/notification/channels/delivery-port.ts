import type { Finding, OutboxEntry, RunId } from "../../history/state.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import type { BrokenChannel } from "../broken-channel-text.ts";

/**
 * One channel's way out. Resolves when the channel took the message; rejects where it did not, after at most `LONGEST_SEND_MS`
 * (limits.ts), with an error whose message holds no secret.
 */
export interface ChannelPort {
  readonly channel: Channel;
  /** Tells the entries as one message; without any, what `delivery` says of other channels. */
  send(entries: readonly ToldEntry[], delivery: Delivery): Promise<void>;
}

/** One thing to tell: the finding it is about, or the change that sums something up. */
export interface ToldEntry {
  readonly entry: OutboxEntry;
  /** Null for summaries. */
  readonly finding: Finding | null;
}

/** What a message says beside its entries. */
export interface Delivery {
  /** The run that delivers. */
  readonly run: RunId;
  /** Channels that some of the entries were meant for, and that the watch list does not name any more. */
  readonly droppedChannels: readonly string[];
  /** Channels that do not take what they are sent; only ever in a message of its own. */
  readonly broken: readonly BrokenChannel[];
}
