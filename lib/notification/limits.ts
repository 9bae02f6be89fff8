/** The limits of delivery, each with its reason. */

/** One attempt, connection and answer together: a host that needs longer for a few KiB is down. */
export const SEND_TIMEOUT_MS = 20_000;
/** Further attempts after the first. */
export const SEND_RETRIES = 3;
/** The longest wait that `Retry-After` may ask for. A message that must wait longer goes out with the next run. */
export const RETRY_AFTER_MOST_MS = 60_000;
/** The longest time for all attempts and waits. */
export const LONGEST_SEND_MS = (1 + SEND_RETRIES) * SEND_TIMEOUT_MS + SEND_RETRIES * RETRY_AFTER_MOST_MS;

/** All attempts of a heartbeat, because nobody waits for it. */
export const HEARTBEAT_TIMEOUT_MS = 30_000;
/** The same after somebody stopped the audit. */
export const LAST_HEARTBEAT_TIMEOUT_MS = 5_000;

/** Findings in one webhook, about 3 MB. The rest is counted, and stays in the history. */
export const WEBHOOK_FINDINGS_LIMIT = 1_000;

/** Subject, text and attributes of an SNS message: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const SNS_LIMIT_BYTES = 256 * 1024;
/** The share of the text; the attributes get the rest, so that filters see as many repositories as fit. */
export const SNS_TEXT_LIMIT_BYTES = 128 * 1024;
/** Room for the subject, the names of attributes and whatever else SNS may count. */
export const SNS_MARGIN_BYTES = 4 * 1024;
