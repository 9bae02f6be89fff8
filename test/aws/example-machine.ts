import {
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
  Duration,
  type aws_lambda as lambda,
  type aws_s3 as s3,
  type aws_sns as sns,
  type Stack,
} from "aws-cdk-lib";

export interface ExampleParts {
  readonly plan: lambda.Function;
  readonly work: lambda.Function;
  readonly bucket: s3.IBucket;
  readonly topic: sns.Topic;
}

/** plan → an inline map over registries → a distributed map over each registry's repositories → a loop until one is done → a message. */
export function defineExampleMachine(stack: Stack, { plan, work, bucket, topic }: ExampleParts): sfn.StateMachine {
  const registries = [
    { host: "one", repositories: ["a", "b", "throttled", "c"] },
    { host: "two", repositories: ["d", "poisoned", "e", "f", "g"] },
  ];
  const planned = tasks.LambdaInvoke.jsonata(stack, "PlanRun", {
    lambdaFunction: plan,
    payload: sfn.TaskInput.fromObject({ run: "{% $states.input.run %}", registries }),
    outputs: "{% $states.result.Payload %}",
    assign: { run: "{% $states.result.Payload.run %}" },
    retryOnServiceExceptions: false,
  }).addRetry({ errors: ["States.ALL"], maxAttempts: 2 });

  const step = tasks.LambdaInvoke.jsonata(stack, "WorkOnRepository", {
    lambdaFunction: work,
    outputs: "{% $states.result.Payload %}",
    retryOnServiceExceptions: false,
  }).addRetry({
    errors: ["RegistryThrottled", "Lambda.Unknown"],
    interval: Duration.minutes(5),
    maxAttempts: 3,
    jitterStrategy: sfn.JitterType.FULL,
  });
  const loop = step.next(
    sfn.Choice.jsonata(stack, "IsDone")
      .when(sfn.Condition.jsonata("{% $states.input.done %}"), sfn.Succeed.jsonata(stack, "Done"))
      .otherwise(step),
  );

  const repositories = sfn.DistributedMap.jsonata(stack, "Repositories", {
    itemReader: new sfn.S3JsonLItemReader({ bucket, key: "{% $states.input.key %}" }),
    resultWriterV2: new sfn.ResultWriterV2({ bucket, prefix: "{% 'results/' & $states.input.host %}" }),
    jsonataMaxConcurrency: "{% $states.input.sideBySide %}",
    toleratedFailurePercentage: 20,
    mapExecutionType: sfn.StateMachineType.STANDARD,
    label: "Repositories",
  }).itemProcessor(loop);
  const perRegistry = sfn.Map.jsonata(stack, "Registries", {
    items: sfn.ProvideItems.jsonata("{% $states.input.registries %}"),
    maxConcurrency: 2,
  }).itemProcessor(repositories);

  const tell = tasks.SnsPublish.jsonata(stack, "Tell", {
    topic,
    subject: "{% 'Run ' & $run %}",
    message: sfn.TaskInput.fromText("{% 'Registries: ' & $string($count($states.input)) %}"),
  });
  return new sfn.StateMachine(stack, "Night", {
    queryLanguage: sfn.QueryLanguage.JSONATA,
    definitionBody: sfn.DefinitionBody.fromChainable(planned.next(perRegistry).next(tell)),
  });
}
