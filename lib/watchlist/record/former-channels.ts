import type { RecordedChannel } from "./watch-list-document.ts";

/**
 * Returns the channels that a watch list no longer has: those whose name is gone, and those that go elsewhere under their old name. These get
 * a name of their own, so that what is addressed to the old place does not arrive at the new one.
 */
export function listFormerChannels(before: readonly RecordedChannel[], after: readonly RecordedChannel[]): RecordedChannel[] {
  return before.flatMap((channel) => {
    const now = after.find(({ name }) => name === channel.name);
    if (now === undefined) return [channel];
    return goesElsewhere(channel, now) ? [{ ...channel, name: `${channel.name} (before)` }] : [];
  });
}

/** Reports whether messages of a channel arrive at another place now. */
export function goesElsewhere(before: RecordedChannel, now: RecordedChannel): boolean {
  const isOther = before.fingerprint !== undefined && now.fingerprint !== undefined && before.fingerprint !== now.fingerprint;
  return now.kind !== before.kind || now.address !== before.address || isOther;
}

/** Reports whether the same channel heard warnings before, and hears alerts only now. */
export function hearsLess(before: RecordedChannel, now: RecordedChannel): boolean {
  return now.name === before.name && before.severity !== "alert" && now.severity === "alert";
}
