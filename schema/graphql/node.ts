import { Field, ID, InterfaceType } from "type-graphql";

/** What `node(id:)` returns. The type stands in the global id, so it is told without asking anything. */
@InterfaceType("Node", {
  description: "Something with a global id, by which it can be asked for again.",
  resolveType: ({ id }: Node) => id.slice(0, id.indexOf(":")),
})
export abstract class Node {
  @Field(() => ID, { description: "Global id." })
  id!: string;
}
