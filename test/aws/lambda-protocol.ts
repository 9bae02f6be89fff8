/** What a process of a Lambda is asked. */
export interface InvocationMessage {
  readonly kind: "invoke";
  readonly requestId: string;
  readonly event: unknown;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

/** What it says. `ready` comes once, when the module is loaded. */
export type ProcessMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly requestId: string; readonly payload: string }
  | { readonly kind: "failure"; readonly requestId: string; readonly error: LambdaError };

/** An error as Lambda reports it to whoever invoked. */
export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}
