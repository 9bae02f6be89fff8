/** Why an audit could not be carried out. Closed: the doors branch on it for exit codes and remedies. */
type ErrorCode =
  | "usage"
  | "watch-list"
  | "history"
  | "history-conflict"
  /** What is there is not what was written; as opposed to what could not be read. */
  | "history-damaged"
  | "history-newer"
  | "self-check"
  | "credentials"
  | "channel"
  | "aborted"
  | "internal";

/**
 * The one exception of Sealwatch: the audit (or a part of it) could not be carried out.
 *
 * Unsigned, untrusted and unreadable releases are values and never travel as exceptions.
 * The message names the operation first, then what was expected and received; it holds no secret.
 */
export class SealwatchError extends Error {
  readonly code: ErrorCode;
  /** True where the same call may succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SealwatchError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
