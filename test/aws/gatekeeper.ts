import type { AccessNeed } from "./access-need.ts";
import type { Role } from "./collect-policies.ts";
import { evaluatePolicy, type Decision } from "./evaluate-policy.ts";
import type { ResourcePolicies } from "./resource-policies.ts";

/** One thing that a role did or was kept from, and how often. */
export interface AccessRecord {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  readonly why: Decision["why"];
  /** The id of the statement that decided, null where none speaks of it. */
  readonly statement: string | null;
  readonly count: number;
}

/** Decides by the policies of the template, and remembers. */
export class Gatekeeper {
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #resourcePolicies: ResourcePolicies;
  readonly #records = new Map<string, AccessRecord>();

  constructor(roles: readonly Role[], resourcePolicies: ResourcePolicies) {
    this.#roles = new Map(roles.map((role) => [role.id, role]));
    this.#resourcePolicies = resourcePolicies;
  }

  /** What happened so far, equal things counted together, in the order in which each happened first. */
  get records(): readonly AccessRecord[] {
    return [...this.#records.values()];
  }

  /** @throws Error for a role that is not in the template. */
  authorize(role: string, need: AccessNeed): AccessRecord {
    const known = this.#roles.get(role);
    if (!known) throw new Error(`authorize: there is no role ${role}`);
    const { allowed, why, statement } = this.#decide(known, need);
    const { action, resource } = need;
    const key = JSON.stringify([role, action, resource, statement, why]);
    const count = (this.#records.get(key)?.count ?? 0) + 1;
    const record = { role, action, resource, allowed, why, statement, count };
    this.#records.set(key, record);
    return record;
  }

  #decide(role: Role, need: AccessNeed): Decision {
    const own = evaluatePolicy(role.statements, need);
    if (own.why === "explicit-deny") return own;
    const { standing, statement } = this.#resourcePolicies.judge(role.arn, need);
    if (standing === "denied") return { allowed: false, why: statement === null ? "no-statement" : "explicit-deny", statement };
    return own.allowed || standing === "silent" ? own : { allowed: true, why: "allowed", statement };
  }

  /** How the services call whoever has the role. */
  describeCaller(role: string): string {
    const { arn, name } = this.#roles.get(role) ?? { arn: "arn:aws:iam::local:role/unknown", name: role };
    return `arn:aws:sts::${arn.split(":")[4]}:assumed-role/${name}/local`;
  }
}
