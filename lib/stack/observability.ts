import { aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, Duration } from "aws-cdk-lib";
import type { aws_dynamodb as dynamodb, aws_sns as sns, aws_stepfunctions as sfn } from "aws-cdk-lib";
import { Construct } from "constructs";
import { METRIC, METRIC_NAMESPACE, UNSENT_SECONDS } from "../deployment/names.ts";
import type { AuditFunction } from "./audit-function.ts";
import { RUNBOOK } from "./runbook.ts";

interface ObservabilityProps {
  readonly topic: sns.Topic;
  readonly table: dynamodb.TableV2;
  readonly machine: sfn.CfnStateMachine;
  readonly functions: readonly AuditFunction[];
  /** The percentage of expected releases that a run must have judged. */
  readonly coveragePercent: number;
  /** The longest time between two runs. */
  readonly gapHours: number;
}

/** The time that a run may take, or start later in a longer night. */
const GRACE_HOURS = 2;
/** The metric has one value per night, and the alarm keeps its state until the next. */
const ONCE_A_NIGHT = { treatMissingData: cloudwatch.TreatMissingData.IGNORE } as const;
/** The operations that the functions use on the table. */
const TABLE_OPERATIONS = ["Query", "GetItem", "PutItem", "UpdateItem", "TransactWriteItems"] as const;

/** Alarms, each with an entry in RUNBOOK.md, and a dashboard. */
export class Observability extends Construct {
  readonly dashboard: cloudwatch.Dashboard;
  readonly #topic: sns.Topic;
  readonly #service: string;

  constructor(scope: Construct, { topic, table, machine, functions, coveragePercent, gapHours }: ObservabilityProps) {
    super(scope, "Observability");
    this.#topic = topic;
    // The dimension that the functions use: it separates two deployments in one account.
    this.#service = table.tableName;
    const completed = this.own(METRIC.runsCompleted, "Sum", Duration.hours(1));
    const failed = machineMetric(machine, ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]);
    const errors = sum(functions.map(({ lambda }) => lambda.metricErrors({ period: Duration.minutes(5) })));
    const throttles = sum([
      ...functions.map(({ lambda }) => lambda.metricThrottles({ period: Duration.minutes(5) })),
      ...TABLE_OPERATIONS.map((operation) => table.metricThrottledRequestsForOperation(operation, { period: Duration.minutes(5) })),
    ]);
    this.alarm("no-completed-run", completed, {
      below: 1,
      periods: Math.ceil(gapHours) + GRACE_HOURS,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    this.alarm("run-failed", failed, { above: 0 });
    this.alarm("function-errors", errors, { above: 0 });
    this.alarm("throttled", throttles, { above: 0, periods: 3 });
    this.alarm("message-unsent", this.own(METRIC.oldestUnsent, "Maximum", Duration.hours(1)), { above: UNSENT_SECONDS, ...ONCE_A_NIGHT });
    this.alarm("coverage-low", this.own(METRIC.coverage, "Minimum", Duration.hours(1)), { below: coveragePercent, ...ONCE_A_NIGHT });
    this.alarm("nobody-subscribed", this.own(METRIC.confirmedSubscriptions, "Maximum", Duration.hours(1)), { below: 1, ...ONCE_A_NIGHT });
    this.dashboard = this.createDashboard(functions, failed);
  }

  private own(metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
    const dimensionsMap = { service: this.#service };
    return new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }

  private alarm(
    name: string,
    metric: cloudwatch.IMetric,
    {
      above,
      below,
      periods = 1,
      treatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    }: { above?: number; below?: number; periods?: number; treatMissingData?: cloudwatch.TreatMissingData },
  ): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmDescription: `${RUNBOOK}#${name}`,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        above === undefined ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData,
    });
    alarm.addAlarmAction(new actions.SnsAction(this.#topic));
    alarm.addOkAction(new actions.SnsAction(this.#topic));
  }

  private createDashboard(functions: readonly AuditFunction[], failed: cloudwatch.IMetric): cloudwatch.Dashboard {
    const dashboard = new cloudwatch.Dashboard(this, "Dashboard");
    const night = Duration.days(1);
    const graph = (title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget =>
      new cloudwatch.GraphWidget({ title, left, width: 12 });
    dashboard.addWidgets(
      graph(
        "Releases by verdict",
        [METRIC.signed, METRIC.unsigned, METRIC.untrusted, METRIC.unknown].map((name) => this.own(name, "Maximum", night)),
      ),
      graph("Open alerts", [this.own(METRIC.openAlerts, "Maximum", night)]),
      graph("Coverage, per cent", [this.own(METRIC.coverage, "Minimum", night)]),
      graph("Runs", [this.own(METRIC.runsCompleted, "Sum", night), failed]),
      graph("Oldest unsent message, seconds", [this.own(METRIC.oldestUnsent, "Maximum", Duration.hours(1))]),
      graph(
        "Duration of functions",
        functions.map(({ lambda }) => lambda.metricDuration({ statistic: "Maximum" })),
      ),
    );
    return dashboard;
  }
}

function machineMetric(machine: sfn.CfnStateMachine, names: readonly string[]): cloudwatch.IMetric {
  const dimensionsMap = { StateMachineArn: machine.ref };
  return sum(names.map((metricName) => new cloudwatch.Metric({ namespace: "AWS/States", metricName, dimensionsMap, statistic: "Sum" })));
}

function sum(metrics: readonly cloudwatch.IMetric[]): cloudwatch.MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, at) => [`m${at}`, metric]));
  return new cloudwatch.MathExpression({ expression: `SUM(METRICS())`, usingMetrics, period: Duration.minutes(5) });
}
