import type { Severity } from "../watch-list.ts";

/** An alert outranks a warning, and a warning a notice. */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { notice: 0, warning: 1, alert: 2 };
