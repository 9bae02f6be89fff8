import { isSchedule, longestGapHours } from "./schedule.ts";

/** The options that are strings. */
interface CheckedOptions {
  readonly schedule?: string;
  readonly timezone?: string;
  readonly email?: string;
}

/** An alarm covers at most seven days: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation */
const LONGEST_GAP_HOURS = 6 * 24;

/** Throws an Error that names the option, the value found and a correct one, minutes before the deployment would fail. */
export function checkOptions({ schedule, timezone, email }: CheckedOptions): void {
  if (schedule !== undefined && !isSchedule(schedule))
    throw new Error(`schedule: found ${schedule}; write cron(0 2 * * ? *) or rate(1 day)`);
  if (schedule !== undefined && (longestGapHours(schedule) ?? Infinity) > LONGEST_GAP_HOURS)
    throw new Error(
      `schedule: found ${schedule}; write one that starts a run at least every six days, by days of the week, such as cron(0 2 ? * MON-FRI *): the alarm that rings when nobody looks must know when to`,
    );
  if (timezone !== undefined && !isTimeZone(timezone)) throw new Error(`timezone: found ${timezone}; write a name such as Europe/Berlin`);
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email))
    throw new Error(`email: found ${email}; write an address such as oncall@acme.example`);
}

/** Reports whether a name is spelled as in the tz database: AWS accepts neither offsets nor other capitals. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
