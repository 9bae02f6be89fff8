import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";

/** How many subscribers of a topic have confirmed that they want its messages. */
export async function countSubscriptions(topic: string): Promise<number> {
  const { Attributes } = await new SNSClient({}).send(new GetTopicAttributesCommand({ TopicArn: topic }));
  return Number(Attributes?.["SubscriptionsConfirmed"] ?? 0);
}
