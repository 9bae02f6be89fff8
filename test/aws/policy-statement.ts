import { readList } from "./match-pattern.ts";

/** One statement of a policy, with a name by which a report can say which one allowed a call. */
export interface Statement {
  /** `POLICY[INDEX]`, and `POLICY[INDEX] Sid` where it has one. */
  readonly id: string;
  readonly effect: "Allow" | "Deny";
  readonly action: Selection;
  /** Null in a trust policy, which speaks of the role that it is part of. */
  readonly resource: Selection | null;
  /** Operator → key → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What a statement speaks of: what fits one of the patterns, or (`NotAction`, `NotResource`) everything else. */
export interface Selection {
  readonly patterns: readonly string[];
  readonly inverted: boolean;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * The statements of a resolved policy document.
 * @throws Error for a statement without an effect or an action: CloudFormation would not take it either.
 */
export function readStatements(policy: string, document: unknown): Statement[] {
  const { Statement: statements } = document as Raw;
  return (Array.isArray(statements) ? statements : [statements]).map((raw: Raw, index) => {
    const id = `${policy}[${index}]${typeof raw["Sid"] === "string" && raw["Sid"] !== "" ? ` ${raw["Sid"]}` : ""}`;
    const { Effect: effect } = raw;
    if (effect !== "Allow" && effect !== "Deny") throw new Error(`read policy ${id}: the effect is ${String(effect)}`);
    const action = select(raw, "Action", "NotAction");
    if (action === null) throw new Error(`read policy ${id}: it names no action`);
    return { id, effect, action, resource: select(raw, "Resource", "NotResource"), conditions: readConditions(raw["Condition"]) };
  });
}

function select(raw: Raw, name: string, inverse: string): Selection | null {
  if (raw[name] !== undefined) return { patterns: readList(raw[name]), inverted: false };
  return raw[inverse] === undefined ? null : { patterns: readList(raw[inverse]), inverted: true };
}

function readConditions(value: unknown): Statement["conditions"] {
  const operators = Object.entries((value ?? {}) as Record<string, Record<string, unknown>>);
  return Object.fromEntries(
    operators.map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, wanted]) => [key, readList(wanted)])),
    ]),
  );
}
