import { newNeed } from "./access-need.ts";
import type { Role } from "./collect-policies.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import { resourcesOf, type ResolvedTemplate } from "./resolve-template.ts";

/** What the Scheduler starts, and with what. */
export interface ScheduledStart {
  /** ARN of the state machine. */
  readonly target: string;
  readonly input: unknown;
}

/**
 * What the template's schedule starts at a time (ISO 8601, as `2026-11-21T02:00:00Z`).
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 * @throws Error where there is not exactly one schedule, or it is disabled, or its role may not start the target.
 */
export function readScheduledStart(
  template: ResolvedTemplate,
  roles: readonly Role[],
  gatekeeper: Gatekeeper,
  scheduledTime: string,
): ScheduledStart {
  const [schedule, ...others] = resourcesOf(template, "AWS::Scheduler::Schedule");
  if (!schedule || others.length > 0) throw new Error(`start: the template has ${others.length + (schedule ? 1 : 0)} schedules, not one`);
  if (schedule.properties["State"] === "DISABLED") throw new Error(`start: ${schedule.id} is disabled`);
  const { Arn, RoleArn, Input = "{}" } = schedule.properties["Target"] as { Arn: string; RoleArn: string; Input?: string };
  const role = roles.find(({ arn }) => arn === RoleArn);
  if (!role?.isTrusting("scheduler.amazonaws.com")) throw new Error(`start: the Scheduler may not have ${RoleArn}`);
  if (!gatekeeper.authorize(role.id, newNeed("states:StartExecution", Arn)).allowed)
    throw new Error(`start: ${role.id} is not authorized to perform: states:StartExecution on resource: ${Arn}`);
  const attributes: Readonly<Record<string, string>> = {
    "schedule-arn": schedule.names.arn,
    "scheduled-time": scheduledTime,
    "execution-id": `local-${scheduledTime}`,
    "attempt-number": "1",
  };
  const input = Input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => attributes[name] ?? whole);
  return { target: Arn, input: JSON.parse(input) };
}
