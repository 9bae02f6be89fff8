/** Returns `1 release` or `2 releases`; with the endings `y` and `ies`, `1 repository` or `2 repositories`. */
export function countOf(count: number, noun: string, one = "", many = "s"): string {
  return `${count} ${noun}${count === 1 ? one : many}`;
}
