import { Arg, Args, Authorized, Ctx, FieldResolver, Int, Mutation, Query, Resolver } from "type-graphql";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { markNotificationsRead } from "../../src/nudges/notification-actions.ts";
import { notificationKey, notificationPage, unreadNotifications } from "../../src/nudges/notification-queries.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import {
  NotificationConnection,
  type NotificationNode,
  NotificationsMarkReadInput,
  NotificationsMarkReadPayload,
  toNotification,
} from "./notification-types.ts";

@Resolver()
export class NotificationResolver {
  @Authorized()
  @Query(() => NotificationConnection, { description: "The caller's inbox, newest first." })
  async notifications(
    @Args(() => PageArgs) page: PageArgs,
    @Arg("unread", () => Boolean, { defaultValue: false, description: "Only those that were not read." })
    unread: boolean,
    @Ctx() ctx: Context,
  ): Promise<Connection<NotificationNode>> {
    const request = readPageRequest(page, 2);
    const inbox = await ctx.read((reader) => notificationPage(reader, viewerOf(ctx).memberId, { unread }, request));
    return toConnection(inbox, toNotification, notificationKey);
  }

  @Authorized()
  @Mutation(() => NotificationsMarkReadPayload, {
    description: "Marks notices of the caller's inbox as read. Those that were keep the time when they first were.",
  })
  notificationsMarkRead(
    @Arg("input", () => NotificationsMarkReadInput) input: NotificationsMarkReadInput,
    @Ctx() ctx: Context,
  ): Promise<NotificationsMarkReadPayload> {
    return mutate(ctx, async (tx, { memberId }) => {
      const notificationIds = input.notificationIds.map((id, position) =>
        readNodeId("Notification", id, `notificationIds.${position}`),
      );
      const marked = await markNotificationsRead(tx, { memberId, notificationIds }, ctx.now());
      return { notifications: marked.map(toNotification), unreadCount: await unreadNotifications(tx, memberId) };
    });
  }
}

@Resolver(() => NotificationConnection)
export class InboxResolver {
  @FieldResolver(() => Int, { description: "Notices in the whole inbox that were not read." })
  unreadCount(@Ctx() ctx: Context): Promise<number> {
    return ctx.read((reader) => unreadNotifications(reader, viewerOf(ctx).memberId));
  }
}
