import { formatSeconds } from "../../text/format-seconds.ts";
import { SEVERITY_RANK } from "../select/severity-rank.ts";
import { goesElsewhere } from "./former-channels.ts";
import type { RecordedChannel, WatchListDocument } from "./watch-list-document.ts";

/**
 * Returns, as phrases, who is told less than before: a channel dropped, or told of less, elsewhere or more rarely; a heartbeat or report
 * dropped; changes that sooner count as a storm. What an older history did not record is not compared. Pure.
 */
export function findLooserTelling(before: WatchListDocument, after: WatchListDocument): string[] {
  return [
    ...compareChannels(before, after),
    ...compareHeartbeats(before, after),
    ...compareReports(before, after),
    ...compareStorms(before, after),
  ];
}

function compareChannels(before: WatchListDocument, after: WatchListDocument): string[] {
  return before.channels.flatMap((channel) => {
    const now = after.channels.find(({ name }) => name === channel.name);
    if (now === undefined) return [`channel ${channel.name} is not told any more`];
    return findFates(channel, now).map((fate) => `channel ${channel.name} ${fate}`);
  });
}

function findFates(before: RecordedChannel, now: RecordedChannel): string[] {
  if (goesElsewhere(before, now)) return ["goes elsewhere"];
  const [remind, reminds] = [before.remindSeconds, now.remindSeconds];
  const fates = [
    SEVERITY_RANK[now.severity] > SEVERITY_RANK[before.severity] && `is told from ${now.severity} up only`,
    now.owner !== null && now.owner !== before.owner && `is told of ${now.owner} only`,
    remind !== null &&
      (reminds === null || reminds > remind) &&
      `is reminded ${reminds === null ? "of nothing any more" : `after ${formatSeconds(reminds)} only`}`,
    now.secret === null && before.secret !== null && "gets its messages without a signature",
  ];
  return fates.filter((fate) => fate !== false);
}

/** The storm settings are recorded by every version that records heartbeats. */
function compareHeartbeats(before: WatchListDocument, after: WatchListDocument): string[] {
  if (before.storm === undefined || before.heartbeat === undefined || before.heartbeat === after.heartbeat) return [];
  return [after.heartbeat === undefined ? "heartbeat is not sent any more" : "heartbeat goes elsewhere"];
}

function compareReports({ reports: former = [] }: WatchListDocument, { reports = [] }: WatchListDocument): string[] {
  return former.flatMap(({ every, formats, notify }) => {
    const others = reports.filter((report) => report.every === every && report.notify === notify);
    const lost = formats.filter((format) => !others.some((report) => report.formats.includes(format)));
    return lost.length === 0
      ? []
      : [`the report of every ${every} is not written as ${lost.join(", ")} for ${notify ?? "everybody"} any more`];
  });
}

function compareStorms({ storm: former }: WatchListDocument, { storm }: WatchListDocument): string[] {
  if (former === undefined || storm === undefined) return [];
  const phrases = [
    storm.share < former.share && `storm share ${formatShare(former.share)} is now ${formatShare(storm.share)}`,
    storm.least < former.least && `storm least ${former.least} is now ${storm.least}`,
  ];
  return phrases.filter((phrase) => phrase !== false);
}

function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}
