import type { SealwatchProps } from "./sealwatch.ts";

/**
 * Refuses what a deployment would refuse minutes later, with a table left over.
 * @throws Error that names the option, what was found and what to write.
 */
export function checkOptions({ schedule, timezone, email }: Pick<SealwatchProps, "schedule" | "timezone" | "email">): void {
  if (schedule !== undefined && !/^(?:cron\(\S+(?: \S+){5}\)|rate\(\d+ (?:minute|hour|day)s?\))$/.test(schedule))
    throw new Error(`schedule: found ${schedule}; write cron(0 2 * * ? *) or rate(1 day)`);
  if (timezone !== undefined && !isTimeZone(timezone)) throw new Error(`timezone: found ${timezone}; write a name such as Europe/Berlin`);
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email))
    throw new Error(`email: found ${email}; write an address such as oncall@acme.example`);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
