interface TopicArn {
  readonly region: string;
  readonly name: string;
  /** Whether it keeps messages in order and without repeats: https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html */
  readonly isFifo: boolean;
}

const TOPIC = /^arn:aws(?:-[a-z]+)*:sns:(?<region>[a-z\d-]+):\d{12}:(?<name>[\w-]{1,256}(?:\.fifo)?)$/;

/** Parses the ARN of an SNS topic, or returns null: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export function parseTopicArn(text: string): TopicArn | null {
  const groups = TOPIC.exec(text)?.groups;
  if (groups === undefined) return null;
  const [region, name] = [groups["region"]!, groups["name"]!];
  return { region, name, isFifo: name.endsWith(".fifo") };
}
