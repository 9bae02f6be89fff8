type Json = Readonly<Record<string, unknown>>;

/**
 * Whether an event fits a rule's pattern: every field that the pattern names has one of the values that it lists.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws Error for an operator that is not known.
 */
export function matchEvent(pattern: Json, event: Json): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const actual = event[field];
    if (!Array.isArray(wanted)) return isObject(actual) && matchEvent(wanted as Json, actual);
    const values = Array.isArray(actual) ? (actual as unknown[]) : [actual];
    return wanted.some((one: unknown) => values.some((value) => matchValue(one, value)));
  });
}

function matchValue(wanted: unknown, actual: unknown): boolean {
  if (!isObject(wanted)) return wanted === actual;
  const [operator = "", operand] = Object.entries(wanted)[0] ?? [];
  switch (operator) {
    case "prefix":
      return typeof actual === "string" && actual.startsWith(operand as string);
    case "suffix":
      return typeof actual === "string" && actual.endsWith(operand as string);
    case "exists":
      return (actual !== undefined) === operand;
    case "anything-but":
      return actual !== undefined && ![operand].flat().includes(actual);
    default:
      throw new Error(`match event: the operator ${operator} is not supported`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
