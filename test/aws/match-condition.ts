import { matchPattern } from "./match-pattern.ts";
import type { Statement } from "./policy-statement.ts";

/** What is known of a request beside action and resource: condition keys, in lower case, and their values. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

type Test = (wanted: string, actual: string) => boolean;

const same: Test = (wanted, actual) => wanted === actual;
const like: Test = (wanted, actual) => matchPattern(wanted, actual);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, { readonly test: Test; readonly negated?: true }>> = {
  StringEquals: { test: same },
  StringNotEquals: { test: same, negated: true },
  StringEqualsIgnoreCase: { test: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase() },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: like },
  ArnLike: { test: like },
  ArnNotEquals: { test: like, negated: true },
  ArnNotLike: { test: like, negated: true },
  Bool: { test: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase() },
};

/**
 * Whether all conditions hold: operators and keys are joined by "and", the values of one by "or".
 * @throws Error for an operator that is not known, since guessing it would make a proof of a guess.
 */
export function matchConditions(conditions: Statement["conditions"], context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => matchOne(operator, wanted, context[key.toLowerCase()])),
  );
}

function matchOne(operator: string, wanted: readonly string[], actual: readonly string[] | undefined): boolean {
  if (operator === "Null") return wanted.includes(String(actual === undefined));
  const [, quantifier, name = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator)!;
  const known = OPERATORS[name];
  if (!known) throw new Error(`match policy: the condition operator ${operator} is not supported`);
  const fits = (value: string): boolean => wanted.some((one) => known.test(one, value)) !== (known.negated ?? false);
  // An absent key: nothing of it breaks "all values", and nothing of it is "any value".
  if (quantifier === "ForAllValues") return (actual ?? []).every(fits);
  if (actual === undefined) return quantifier === undefined && (ifExists !== undefined || known.negated === true);
  return known.negated && quantifier === undefined ? actual.every(fits) : actual.some(fits);
}
