/** The reason why an audit could not be carried out. The list is closed: the doors branch on it for exit codes and remedies. */
type ErrorCode =
  | "usage"
  | "watch-list"
  | "history"
  | "history-conflict"
  /** The stored bytes differ from those that were written. Bytes that cannot be read have another code. */
  | "history-damaged"
  | "history-newer"
  /** Another start has closed the run, or a later run has given it up: it can record nothing any more. */
  | "run-over"
  /** The clock of this machine contradicts those of the registries. */
  | "clock"
  | "self-check"
  | "credentials"
  | "channel"
  | "aborted"
  | "internal";

/**
 * The only exception of Sealwatch: the audit, or a part of it, could not be carried out. Unsigned, untrusted and unreadable releases are
 * values, never exceptions. The message names the operation first, then what was expected and received. It contains no secret.
 */
export class SealwatchError extends Error {
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SealwatchError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
