import { digestOf } from "../../oci/digest.ts";
import { loadChunks, saveChunks } from "./chunks.ts";
import { formatText, readText } from "./item.ts";
import { openTable, type DynamodbSurroundings } from "./table.ts";
import { packText, unpackText } from "../stored/pack-text.ts";

/** Texts that the calls of one run leave for each other, beside its history. They expire after some days. */
export interface RunTexts {
  save(run: string, name: string, text: string): Promise<void>;
  /** Returns the text that was saved last under the name, or null. */
  load(run: string, name: string): Promise<string | null>;
  /** Returns the names under which a text is saved, sorted. */
  names(run: string): Promise<string[]>;
  /** Removes the text that is saved under the name, if there is one. */
  remove(run: string, name: string): Promise<void>;
}

/** A run may be redriven for 14 days: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const KEPT_DAYS = 15;

/**
 * Opens the texts in the table of a history. Their chunks lie under their digest, so that a text never mixes with the one that it replaces.
 */
export function openRunTexts(surroundings: DynamodbSurroundings): RunTexts {
  const table = openTable(surroundings);
  const chunksOf = (run: string, name: string, digest: string): string => `TEXT#${run}#${name}#${digest}`;
  return {
    async save(run, name, text) {
      const bytes = packText(text);
      const digest = digestOf(bytes);
      const expiry = table.expireAfterDays(KEPT_DAYS);
      await saveChunks(table, chunksOf(run, name, digest), bytes, expiry);
      await table.write({ kind: "put", key: { pk: `TEXT#${run}`, sk: name }, attributes: { digest: formatText(digest), ...expiry } });
    },
    async load(run, name) {
      const found = await table.get({ pk: `TEXT#${run}`, sk: name });
      const bytes = found === null ? null : await loadChunks(table, chunksOf(run, name, readText(found, "digest")));
      return bytes === null ? null : unpackText(bytes);
    },
    names: (run) => Array.fromAsync(table.query(`TEXT#${run}`), (item) => readText(item, "sk")),
    async remove(run, name) {
      await table.transact([{ kind: "delete", key: { pk: `TEXT#${run}`, sk: name } }]);
    },
  };
}
