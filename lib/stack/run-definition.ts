import { UNSENT_SECONDS } from "../deployment/names.ts";

/** The properties of the deployment that the definition of a run needs. */
interface RunFunctions {
  readonly planArn: string;
  readonly auditArn: string;
  readonly concludeArn: string;
  /** The partition of AWS: `aws`, `aws-cn`. */
  readonly partition: string;
}

/** A longer run has failed: the night is over. */
const RUN_LIMIT_SECONDS = 12 * 3600;
/** Messages that a channel did not take are sent once more, after it has been down for as long as the alarm `message-unsent` allows. */
const UNSENT_WAIT_SECONDS = UNSENT_SECONDS + 60;
/** Step Functions runs at most this many branches of an inline map at once. */
const REGISTRIES_AT_A_TIME = 40;

/** Repeats temporary failures of Lambda and of ours: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const RETRY = [
  {
    // The account limits concurrent calls, and other audits take minutes: this waits for up to two hours.
    ErrorEquals: ["Lambda.TooManyRequestsException"],
    IntervalSeconds: 10,
    BackoffRate: 2,
    MaxAttempts: 60,
    MaxDelaySeconds: 240,
    JitterStrategy: "FULL",
  },
  {
    ErrorEquals: ["States.ALL"],
    IntervalSeconds: 5,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 300,
    JitterStrategy: "FULL",
  },
];

/**
 * Returns the state machine in JSONata: plan → audit of the embedded registry → for each registry, for each of its repositories: audit
 * until done → conclude, which may ask for a second look, and for another try of messages that no channel took. Maps tolerate every failed
 * item and catch nothing: one poisoned repository does not silence the others, the conclusion reports it, and a redrive can repeat it (a
 * caught state could not).
 */
export function defineRun({ planArn, auditArn, concludeArn, partition }: RunFunctions): object {
  const integrations = `arn:${partition}:states:::`;
  const invoke = (arn: string, payload: object | string, next: string): object => ({
    Type: "Task",
    Resource: `${integrations}lambda:invoke`,
    Arguments: { FunctionName: arn, Payload: payload },
    Output: "{% $states.result.Payload %}",
    Retry: RETRY,
    Next: next,
  });
  const choose = (condition: string, next: string, otherwise: string): object => ({
    Type: "Choice",
    Choices: [{ Condition: condition, Next: next }],
    Default: otherwise,
  });
  const conclude = (phase: "first" | "last" | "late", next: string): object =>
    invoke(concludeArn, { run: "{% $states.input.run %}", phase }, next);
  // Audits each line of a manifest, again and again until its repository is done. `at` is the path of manifest and concurrency.
  const auditItems = (label: string, at: string): object => ({
    Type: "Map",
    Label: label,
    MaxConcurrency: `{% ${at}.concurrency %}`,
    ToleratedFailurePercentage: 100,
    ItemReader: {
      Resource: `${integrations}s3:getObject`,
      ReaderConfig: { InputType: "JSONL" },
      Arguments: { Bucket: `{% ${at}.manifest.bucket %}`, Key: `{% ${at}.manifest.key %}` },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: `${label}Audit`,
      // The names of states are unique in the definition.
      States: {
        [`${label}Audit`]: invoke(auditArn, "{% $states.input %}", `${label}Check`),
        [`${label}Check`]: choose("{% $states.input.done %}", `${label}Done`, `${label}Audit`),
        // A map returns the outputs of its children, which for thousands exceed the limit of a state.
        [`${label}Done`]: { Type: "Succeed", Output: {} },
      },
    },
    Output: {},
    // Applies if the list cannot be read. A child's failure is tolerated, and finished children do not run again.
    Retry: RETRY,
  });
  return {
    QueryLanguage: "JSONata",
    StartAt: "Plan",
    TimeoutSeconds: RUN_LIMIT_SECONDS,
    States: {
      Plan: invoke(planArn, { scheduledTime: "{% $states.input.scheduledTime %}" }, "Check"),
      Check: { ...invoke(auditArn, { run: "{% $states.input.run %}" }, "Registries"), Output: "{% $states.input %}" },
      Registries: {
        Type: "Map",
        Items: "{% $states.input.registries %}",
        MaxConcurrency: REGISTRIES_AT_A_TIME,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Repositories",
          States: { Repositories: { ...auditItems("Each", "$states.input"), End: true } },
        },
        Output: { run: "{% $states.input.run %}" },
        Next: "Conclude",
      },
      Conclude: conclude("first", "SecondLook"),
      SecondLook: choose("{% $type($states.input.secondLook) = 'object' %}", "WaitForSignatures", "Unsent"),
      WaitForSignatures: { Type: "Wait", Seconds: "{% $states.input.secondLook.waitSeconds %}", Next: "LookAgain" },
      LookAgain: {
        ...auditItems("Again", "$states.input.secondLook"),
        Output: { run: "{% $states.input.run %}" },
        Next: "ConcludeLast",
      },
      ConcludeLast: conclude("last", "Unsent"),
      Unsent: choose("{% $states.input.unsent %}", "WaitForChannels", "Done"),
      WaitForChannels: { Type: "Wait", Seconds: UNSENT_WAIT_SECONDS, Next: "ConcludeLate" },
      ConcludeLate: conclude("late", "Done"),
      Done: { Type: "Succeed" },
    },
  };
}
