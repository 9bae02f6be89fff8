/** As many names as fit on a line of a phone. */
const SHOWN = 10;

/** Joins the first ten items and counts the rest: `v1.4.2, v1.4, … and 3 more`. Items must already be escaped. */
export function listSome(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(", ");
  return items.length > SHOWN ? `${shown}, … and ${items.length - SHOWN} more` : shown;
}
