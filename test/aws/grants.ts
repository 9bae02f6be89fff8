import { collectRoles } from "./collect-policies.ts";
import type { AccessRecord } from "./gatekeeper.ts";
import { matchPattern } from "./match-pattern.ts";
import { resolveTemplate, type StackPlace, type Template } from "./resolve-template.ts";

/** One action that one statement of the template allows a role. */
export interface Grant {
  /** Logical id. */
  readonly role: string;
  /** As the records of calls name it. */
  readonly statement: string;
  /** As it is written: it may have wildcards. */
  readonly action: string;
}

/** Every allowed action of every role, statements of policies that AWS wrote left out. */
export function listGrants(template: Template, place: StackPlace): Grant[] {
  return collectRoles(resolveTemplate(template, place)).flatMap(({ id: role, statements }) =>
    statements
      .filter(({ id, effect }) => effect === "Allow" && findOwner(template, id) !== null)
      .flatMap(({ id: statement, action }) => action.patterns.map((pattern) => ({ role, statement, action: pattern }))),
  );
}

/** Grants that no call needed: what is granted beyond need, or what no test tries. */
export function findUnusedGrants(grants: readonly Grant[], records: readonly AccessRecord[]): Grant[] {
  return grants.filter(
    ({ role, statement, action }) =>
      !records.some(
        (record) =>
          record.allowed &&
          record.role === role &&
          record.statement === statement &&
          matchPattern(action, record.action, { ignoreCase: true }),
      ),
  );
}

/**
 * The template without a grant: without the whole statement, or without one action of it. A run that goes well without it shows that the
 * run does not prove the grant to be needed.
 */
export function withoutGrant(template: Template, { statement, action }: Pick<Grant, "statement"> & { readonly action?: string }): Template {
  const copy = structuredClone(template);
  const owner = findOwner(copy, statement);
  if (owner === null) throw new Error(`remove grant: there is no statement ${statement}`);
  const { statements, index } = owner;
  const kept = action === undefined ? [] : [statements[index]!.Action].flat().filter((one) => one !== action);
  if (kept.length === 0) statements.splice(index, 1);
  else statements[index]!.Action = kept;
  return copy;
}

interface MutableStatement {
  Action: string | string[];
}

interface Policy {
  readonly PolicyName?: string;
  readonly PolicyDocument?: { readonly Statement: MutableStatement[] };
  readonly Policies?: readonly Policy[];
}

/** Where a statement is written: `POLICY[INDEX]`, or `ROLE.NAME[INDEX]` for an inline policy. */
function findOwner(template: Template, statement: string): { readonly statements: MutableStatement[]; readonly index: number } | null {
  const [, owner = "", index] = /^(.+?)\[(\d+)\]/.exec(statement) ?? [];
  const [role = "", ...name] = owner.split(".");
  const policy = template.Resources[owner]?.Properties as Policy | undefined;
  const inline = (template.Resources[role]?.Properties as Policy | undefined)?.Policies?.find(
    ({ PolicyName }) => PolicyName === name.join("."),
  );
  const document = (policy ?? inline)?.PolicyDocument;
  return document?.Statement[Number(index)] === undefined ? null : { statements: document.Statement, index: Number(index) };
}
