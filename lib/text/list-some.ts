/** As many names as a line on a phone can bear. */
const SHOWN = 10;

/** The first ten of a list, separated by commas, and how many are left out: `v1.4.2, v1.4, … and 3 more`. Items must be escaped already. */
export function listSome(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(", ");
  return items.length > SHOWN ? `${shown}, … and ${items.length - SHOWN} more` : shown;
}
