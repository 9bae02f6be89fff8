import { existsSync } from "node:fs";
import { makeSpecimens, readSpecimens } from "./specimens.ts";
import { tryMutations } from "./try-mutations.ts";

/**
 * `npm run mutations -- [COUNT] [SEED]`: judges so many (100,000) single-byte and structural mutations of valid signatures, of the corpus in
 * CORPUS_DIR where there is one. Fails where one is accepted that means something else, where anything is thrown, or takes a second.
 */
const [count = "100000", seed = "1"] = process.argv.slice(2);
const folder = process.env["CORPUS_DIR"] ?? "../shared/corpus";
const specimens = [...(existsSync(`${folder}/CASES.jsonl`) ? readSpecimens(folder) : []), ...makeSpecimens()];
const started = performance.now();
const { tried, same, forged, errors, slowestMilliseconds } = tryMutations(
  specimens,
  Math.ceil(Number(count) / specimens.length),
  Number(seed),
);
for (const name of forged.slice(0, 20)) process.stdout.write(`accepted, but it means something else: ${name}\n`);
for (const error of errors.slice(0, 20)) process.stdout.write(`thrown: ${error}\n`);
process.stdout.write(
  `${tried} mutations of ${specimens.length} signatures: ${same} mean the same, ${forged.length} forged accepted, ${errors.length} untyped errors, ` +
    `slowest ${slowestMilliseconds.toFixed(0)} ms, ${((performance.now() - started) / 1000).toFixed(0)} s in all\n`,
);
process.exitCode = forged.length + errors.length > 0 || slowestMilliseconds > 1000 ? 1 : 0;
