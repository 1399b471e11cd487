import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType } from "type-graphql";
import type { Notification } from "../../src/nudges/notification-queries.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";

@ObjectType("Notification", { implements: Node, description: "A notice in the caller's inbox." })
export class NotificationNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, {
    description: "What it is about: `nudge`, `grant-points` or `grant-coupon`. There may be more.",
  })
  kind!: string;

  @Field(() => String, { description: "In a few words, in the member's language." })
  title!: string;

  @Field(() => String, { description: "The whole of it, as plain text." })
  body!: string;

  @Field(() => GraphQLISODateTime, { description: "When it came." })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it was first read; null until then." })
  readAt!: Date | null;
}

@ObjectType({ description: "Notices, newest first." })
export class NotificationConnection extends connectionType("Notification", () => NotificationNode) {
  @Field(() => Int, { description: "Notices in the whole inbox that were not read." })
  unreadCount?: number;
}

@InputType({ description: "Which notices were read." })
export class NotificationsMarkReadInput {
  @Field(() => [ID], { description: "1 to 100 of them; all are marked, or none." })
  notificationIds!: string[];
}

@ObjectType({ description: "The notices as they are now." })
export class NotificationsMarkReadPayload implements Payload {
  @Field(() => [NotificationNode], {
    nullable: true,
    description: "The notices, in the order asked for; null when refused.",
  })
  notifications?: NotificationNode[] | null;

  @Field(() => Int, { nullable: true, description: "Notices that are still not read; null when refused." })
  unreadCount?: number | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a notice. */
export function toNotification({ id, kind, title, body, createdAt, readAt }: Notification): NotificationNode {
  return { id: nodeId("Notification", id), kind, title, body, createdAt, readAt };
}
