const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const HOURS: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** Reports whether Scheduler accepts an expression: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function isSchedule(text: string): boolean {
  if (/^rate\([1-9]\d* (?:minute|hour|day)s?\)$/.test(text)) return true;
  const fields = /^cron\((\S+(?: \S+){5})\)$/.exec(text)?.[1]?.split(" ");
  if (fields === undefined) return false;
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  if ((dayOfMonth === "?") === (dayOfWeek === "?") || !/^[\d*,/-]+$/.test(year)) return false;
  if (!/^(?:\*|\?|[\dLW,/*-]+)$/.test(dayOfMonth) || !/^[\dA-Za-z,/*-]+$/.test(month) || !/^(?:\?|[\dA-Za-z#,*-]+)$/.test(dayOfWeek))
    return false;
  return isTimeField(minute, 59) && isTimeField(hour, 23);
}

function isTimeField(field: string, most: number): boolean {
  return field.split(",").every((part) => {
    const [from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part)?.slice(1) ?? ["-1"];
    const inRange = [from, to].every((value) => value === undefined || (Number(value) >= 0 && Number(value) <= most));
    return inRange && Number(from ?? 0) <= Number(to ?? most) && Number(step ?? 1) >= 1 && Number(step ?? 1) <= most;
  });
}

/** Returns the longest gap between starts in hours, or null for a cron that names days of the month, months or years. */
export function longestGapHours(schedule: string): number | null {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule);
  if (rate !== null) return Number(rate[1]) * HOURS[rate[2]!]!;
  const [, , dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = schedule.replace(/^cron\(|\)$/g, "").split(" ");
  if (!isAny(dayOfMonth) || !isAny(month) || !isAny(year)) return null;
  if (isAny(dayOfWeek)) return 24;
  const days = daysOf(dayOfWeek);
  if (days === null) return null;
  const gaps = days.map((day, at) => (days[at + 1] ?? days[0]! + DAYS.length) - day);
  return 24 * Math.max(...gaps);
}

function isAny(field: string): boolean {
  return ["*", "?", "*/1", "1/1"].includes(field);
}

/** Parses `MON-FRI` or `2,4` to sorted days from 0 (Sunday), or returns null for other forms. */
function daysOf(field: string): number[] | null {
  const days = new Set<number>();
  for (const part of field.toUpperCase().split(",")) {
    const [first = "", last = first, ...more] = part.split("-");
    const [from, to] = [numberOf(first), numberOf(last)];
    if (from === null || to === null || more.length > 0) return null;
    for (let day = from; ; day = (day + 1) % DAYS.length) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].toSorted((left, right) => left - right);
}

/** AWS counts days from Sunday, which is 1. */
function numberOf(day: string): number | null {
  if (/^[1-7]$/.test(day)) return Number(day) - 1;
  const at = DAYS.indexOf(day);
  return at === -1 ? null : at;
}
