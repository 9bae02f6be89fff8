/** Every bound of delivery, each with its reason. */

/** One attempt, connection and answer together: who takes longer for a few KiB does not answer. */
export const SEND_TIMEOUT_MS = 20_000;
/** Further attempts after the first. */
export const SEND_RETRIES = 3;
/** What `Retry-After` may ask for: what must wait longer goes out with the next run. */
export const RETRY_AFTER_MOST_MS = 60_000;
/** Every attempt and every wait at its longest. */
export const LONGEST_SEND_MS = (1 + SEND_RETRIES) * SEND_TIMEOUT_MS + SEND_RETRIES * RETRY_AFTER_MOST_MS;

/** All attempts of a heartbeat: nobody waits for it. */
export const HEARTBEAT_TIMEOUT_MS = 30_000;
/** The same for somebody who has stopped the audit. */
export const LAST_HEARTBEAT_TIMEOUT_MS = 5_000;

/** Findings in one webhook: about 3 MB. What is left out is counted, and stays in the history. */
export const WEBHOOK_FINDINGS_LIMIT = 1_000;

/** Subject, text and attributes of an SNS message: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const SNS_LIMIT_BYTES = 256 * 1024;
/** Of these for the text; the attributes get the rest, so that filters see as many repositories as fit. */
export const SNS_TEXT_LIMIT_BYTES = 128 * 1024;
/** For the subject, the names of attributes and what SNS may count beside them. */
export const SNS_MARGIN_BYTES = 4 * 1024;
