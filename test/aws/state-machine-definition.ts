/** The Amazon States Language with JSONata, as far as CDK writes it for an auditor. https://states-language.net/spec.html */
export interface StatesBlock {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly QueryLanguage?: string;
}

/** A JSONata text `{% … %}`, or JSON that may hold such texts. */
export type Expression = unknown;

export interface State {
  readonly Type: "Task" | "Map" | "Parallel" | "Choice" | "Wait" | "Pass" | "Succeed" | "Fail";
  readonly QueryLanguage?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Assign?: Expression;
  readonly Output?: Expression;
  readonly Arguments?: Expression;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Resource?: string;
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: Expression;
  readonly Timestamp?: Expression;
  readonly Error?: Expression;
  readonly Cause?: Expression;
  readonly Branches?: readonly StatesBlock[];
  readonly ItemProcessor?: ItemProcessor;
  readonly Items?: Expression;
  readonly ItemReader?: ItemReader;
  readonly ItemSelector?: Expression;
  readonly ItemBatcher?: {
    readonly MaxItemsPerBatch?: Expression;
    readonly MaxInputBytesPerBatch?: Expression;
    readonly BatchInput?: Expression;
  };
  readonly ResultWriter?: ResultWriter;
  readonly MaxConcurrency?: Expression;
  readonly ToleratedFailurePercentage?: Expression;
  readonly ToleratedFailureCount?: Expression;
  readonly Label?: string;
  /** Of a task: measured by the clock of this machine. */
  readonly TimeoutSeconds?: Expression;
  readonly Comment?: string;
}

export interface ItemProcessor extends StatesBlock {
  readonly ProcessorConfig?: { readonly Mode?: "INLINE" | "DISTRIBUTED"; readonly ExecutionType?: "STANDARD" | "EXPRESS" };
}

export interface ItemReader {
  readonly Resource: string;
  readonly ReaderConfig?: { readonly InputType?: string; readonly MaxItems?: Expression };
  readonly Arguments?: Expression;
}

export interface ResultWriter {
  readonly Resource?: string;
  readonly Arguments?: Expression;
  readonly WriterConfig?: { readonly Transformation?: "NONE" | "COMPACT" | "FLATTEN"; readonly OutputType?: "JSON" | "JSONL" };
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Expression;
  readonly Output?: Expression;
}

export interface ChoiceRule {
  readonly Condition: Expression;
  readonly Next: string;
  readonly Assign?: Expression;
  readonly Output?: Expression;
}

/** The fields of {@link State}. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set<keyof State>([
  "Type",
  "QueryLanguage",
  "Next",
  "End",
  "Assign",
  "Output",
  "Arguments",
  "Retry",
  "Catch",
  "Resource",
  "Choices",
  "Default",
  "Seconds",
  "Timestamp",
  "Error",
  "Cause",
  "Branches",
  "ItemProcessor",
  "Items",
  "ItemReader",
  "ItemSelector",
  "ItemBatcher",
  "ResultWriter",
  "MaxConcurrency",
  "ToleratedFailurePercentage",
  "ToleratedFailureCount",
  "Label",
  "TimeoutSeconds",
  "Comment",
]);
