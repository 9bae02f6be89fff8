import { openClients } from "../audit/night.ts";
import { readCorpus } from "./corpus-case.ts";
import { judgeCase } from "./judge-case.ts";

/** `npm run corpus -- DIR`: judges every case of a corpus, one JSON line each, then counts. Fails where a verdict is not the expected one. */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: npm run corpus -- DIR (a folder with CASES.jsonl)\n");
  process.exit(2);
}
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const { corpusCase, expected } of readCorpus(folder)) {
  const clients = openClients(0);
  const started = performance.now();
  const { got, reason } = await judgeCase(folder, corpusCase, clients);
  const milliseconds = Math.round((performance.now() - started) * 100) / 100;
  await clients.close();
  process.stdout.write(`${JSON.stringify({ case: corpusCase.case, got, reason, milliseconds })}\n`);
  counts[got === "unsupported" ? "skipped" : expected.includes(got) ? "passed" : "failed"] += 1;
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
