/**
 * On-demand prices of us-east-1 in USD, without any free tier, as AWS's price pages had them in November 2026; other regions differ by
 * some tenths. https://aws.amazon.com/pricing/
 */
export const PRICES = {
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  stateTransition: 25e-6,
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  objectWrite: 5e-6,
  objectRead: 0.4e-6,
  publish: 0.5e-6,
  logGigabyte: 0.5,
  tableGigabyteMonth: 0.25,
  restoreGigabyteMonth: 0.2,
} as const;

/** What a deployment costs a month, whatever it audits: price and number. */
export const FIXED: readonly (readonly [what: string, price: number, count: number])[] = [
  ["keys, of the topic and for signatures", 1, 2],
  // An alarm is paid for by each metric that it looks at.
  ["metrics of alarms", 0.1, 18],
  ["metrics of its own", 0.3, 10],
  ["dashboard", 3, 1],
];

/** A secret that the watch list names, a month. */
export const SECRET_MONTH = 0.4;
