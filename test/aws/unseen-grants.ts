/** What is granted and the proof of the stack does not use, or not miss. */
export const UNSEEN = [
  {
    statement: "EcrPull",
    whole: true,
    actions: ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:GetLifecyclePolicy", "ecr:ListImages"],
    reason: "ECR itself asks for them when its registry is read over HTTP; a registry on this machine does not.",
  },
  {
    statement: "EcrToken",
    whole: false,
    actions: ["ecr:DescribePullThroughCacheRules"],
    reason: "As for those before: only a registry whose name is ECR's is asked whether it is a cache.",
  },
  {
    statement: "MapRuns",
    whole: true,
    actions: ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
    reason: "Step Functions stops and redrives the audits of a map by them, when a person does so with the run.",
  },
  {
    statement: "History",
    whole: false,
    actions: ["dynamodb:ConditionCheckItem"],
    reason: "plan tells a watch list that lets more pass than before; the one here does not change.",
  },
] as const;
