import { matchConditions, type RequestContext } from "./match-condition.ts";
import { matchPattern } from "./match-pattern.ts";
import type { Selection, Statement } from "./policy-statement.ts";

export interface AccessRequest {
  /** `service:Action`. */
  readonly action: string;
  /** The ARN that the action is on, or `*` for actions that are on none. */
  readonly resource: string;
  readonly context: RequestContext;
}

export interface Decision {
  readonly allowed: boolean;
  readonly why: "allowed" | "explicit-deny" | "no-statement";
  /** The id of the statement that decided: the first that allows, or the first that denies. */
  readonly statement: string | null;
}

/**
 * Denied unless a statement allows it, and denied whatever allows it where a statement denies it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicy(statements: readonly Statement[], request: AccessRequest): Decision {
  const fitting = statements.filter((statement) => fits(statement, request));
  const denying = fitting.find(({ effect }) => effect === "Deny");
  if (denying) return { allowed: false, why: "explicit-deny", statement: denying.id };
  const allowing = fitting[0];
  return allowing ? { allowed: true, why: "allowed", statement: allowing.id } : { allowed: false, why: "no-statement", statement: null };
}

function fits({ action, resource, conditions }: Statement, request: AccessRequest): boolean {
  return (
    selects(action, request.action, true) &&
    (resource === null || selects(resource, request.resource, false)) &&
    matchConditions(conditions, request.context)
  );
}

function selects({ patterns, inverted }: Selection, text: string, ignoreCase: boolean): boolean {
  return patterns.some((pattern) => matchPattern(pattern, text, { ignoreCase })) !== inverted;
}
