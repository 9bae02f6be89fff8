/** Bytes that are not what their format demands. `detail` is for people. */
export interface Malformed {
  readonly kind: "malformed";
  readonly detail: string;
}

export function malformed(detail: string): Malformed {
  return { kind: "malformed", detail };
}
