/** The lines of a CSV file (RFC 4180) by the names in its first one. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let [cell, quoted] = ["", false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "," || character === "\r") {
      rows.at(-1)!.push(cell);
      cell = "";
      if (character === "\r" && text[++at] === "\n") rows.push([]);
    } else cell += character;
  }
  const [names, ...lines] = rows.filter((row) => row.length > 0);
  return lines.map((line) => Object.fromEntries(names!.map((name, at) => [name, line[at] ?? ""])));
}
