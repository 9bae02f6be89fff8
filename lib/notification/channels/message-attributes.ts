import { SEVERITIES } from "../finding-groups.ts";
import type { Delivery, ToldEntry } from "./delivery-port.ts";

/** The attributes that subscribers filter by: distinct values, the worst first. */
export interface MessageAttributes {
  readonly severity: readonly string[];
  /** Causes of findings; for entries without one `baseline`, `storm` or `report`; `broken-channel` for other channels. */
  readonly cause: readonly string[];
  readonly repository: readonly string[];
}

/** Collects the attributes of a message. If the repositories exceed `limitBytes` of JSON, the last are left out. */
export function collectAttributes(told: readonly ToldEntry[], delivery: Delivery, limitBytes: number): MessageAttributes {
  if (delivery.broken.length > 0) return { severity: ["warning"], cause: ["broken-channel"], repository: [] };
  const subjects = told
    .flatMap(({ entry, finding }) => {
      const about = finding ?? entry.summary;
      return about === null ? [] : [{ severity: about.severity, cause: about.cause ?? entry.kind, repository: about.repository }];
    })
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const distinct = (values: readonly string[]): string[] => [...new Set(values)].filter((value) => value !== "");
  return {
    severity: distinct(subjects.map(({ severity }) => severity)),
    cause: distinct(subjects.map(({ cause }) => cause)),
    repository: cutValues(distinct(subjects.map(({ repository }) => repository)), limitBytes),
  };
}

function cutValues(values: readonly string[], limitBytes: number): string[] {
  let size = "[]".length;
  return values.filter((value) => (size += Buffer.byteLength(JSON.stringify(value)) + 1) <= limitBytes);
}
