/** One value of a metric, as CloudWatch takes it out of a log line in the embedded metric format. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

/** The line as an object, where it is one: a log line of Powertools, or metrics. */
export function parseLogLine(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

/**
 * The metrics of a line: none for a line that is no metric; one for each value and each set of dimensions.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readMetrics(text: string): Metric[] {
  const line = parseLogLine(text);
  const directives = (line?.["_aws"] as { readonly CloudWatchMetrics?: readonly Directive[] } | undefined)?.CloudWatchMetrics ?? [];
  return directives.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name: name, Unit: unit = "None" }) =>
      [line![name]].flat().flatMap((value) =>
        Dimensions.map((set) => {
          const dimensions = Object.fromEntries(set.map((dimension) => [dimension, String(line![dimension])]));
          return { namespace, name, value: Number(value), unit, dimensions };
        }),
      ),
    ),
  );
}
