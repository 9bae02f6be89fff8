/** A process that records and concludes changes until it is killed: `node write-until-killed.ts FILE`. */
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { change, finding, judgement, REPOSITORY, SIGNED, tagState } from "./examples.ts";

const store = openSqliteHistory(process.argv[2]!);
for (let at = 0; ; at++) {
  const tag = `v1.${at}.0`;
  const pending = change({ id: `change-${at}`, tag });
  await store.record(REPOSITORY, { repository: null, tags: [tagState(tag, judgement(SIGNED), { version: 0, pending: [pending] })] });
  const id = String(at).padStart(8, "0");
  await store.conclude({ changes: [pending], findings: [finding({ id, tag, version: 0 })], outbox: [] });
  process.stdout.write(`${at}\n`);
}
