import type { Finding, OutboxEntry, RunId } from "../../history/state.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import type { BrokenChannel } from "../broken-channel-text.ts";

/**
 * A ChannelPort sends messages through one channel. It resolves when the channel took the message and rejects if it did not, after at most
 * `LONGEST_SEND_MS` (limits.ts), with an error that contains no secret.
 */
export interface ChannelPort {
  readonly channel: Channel;
  /** Sends the entries as one message or, without entries, what `delivery` says about other channels. */
  send(entries: readonly ToldEntry[], delivery: Delivery): Promise<void>;
}

/** An entry of the outbox with its finding. A summary has none. */
export interface ToldEntry {
  readonly entry: OutboxEntry;
  /** Null for summaries. */
  readonly finding: Finding | null;
}

/** The contents of a message beyond its entries. */
export interface Delivery {
  /** The run that delivers. */
  readonly run: RunId;
  /** Channels that some of the entries were meant for and that the watch list does not name any more. */
  readonly droppedChannels: readonly string[];
  /** Channels that do not take their messages. They are announced in a message of their own only. */
  readonly broken: readonly BrokenChannel[];
}
