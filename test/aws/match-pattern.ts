/** IAM's wildcards: `*` is any text, `?` one character; all else stands for itself. */
export function matchPattern(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  if (/\$\{[^*?$]/.test(pattern)) throw new Error(`match policy: the variable in ${pattern} is not supported`);
  const source = pattern.replaceAll(/\$\{([*?$])\}|[\s\S]/gu, (part, literal: string | undefined) => {
    if (literal !== undefined) return RegExp.escape(literal);
    if (part === "*") return String.raw`[\s\S]*`;
    return part === "?" ? String.raw`[\s\S]` : RegExp.escape(part);
  });
  return new RegExp(`^${source}$`, ignoreCase ? "iu" : "u").test(text);
}

/** A value of a policy document is one text or a list of them; booleans and numbers are texts there. */
export function readList(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
