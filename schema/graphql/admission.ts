import { createHash } from "node:crypto";
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from "graphql";
import { LRUCache } from "lru-cache";
import { assert } from "../../src/kernel/assert.ts";
import type { DocumentCost } from "./document-cost.ts";
import { publicError } from "./errors.ts";
import { checkDocument, checkVariables, type DocumentLimits } from "./limits.ts";

/** Documents that the operator vouches for, by the SHA-256 of their text: a JSON map, as `graphql-codegen` and relay write it. */
export type OperationManifest = Readonly<Record<string, string>>;

export interface AdmissionOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly manifest?: OperationManifest;
  /** `persisted-only`: nothing but the manifest's documents is run. */
  readonly operations: "any" | "persisted-only";
}

export interface AdmittedDocument {
  readonly document: DocumentNode;
  readonly cost: DocumentCost;
}

/** The characters of admitted documents that are remembered with their costs. */
const REMEMBERED_CHARACTERS = 4_000_000;
const REGISTERED_CHARACTERS = 4_000_000;

/**
 * Decides whether a document may be looked at at all, before anything is done for the request: no context is built, no rule
 * of graphql-js (some of which take quadratic time) has run. Whatever is admitted is remembered with its cost.
 */
export class Admission {
  private readonly remembered = new LRUCache<string, AdmittedDocument>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_admitted, source) => source.length + 1,
  });
  private readonly registered = new LRUCache<string, string>({
    maxSize: REGISTERED_CHARACTERS,
    sizeCalculation: (source) => source.length + 1,
  });
  private readonly manifest: ReadonlyMap<string, string>;
  /** The manifest's documents by text: they are not held to the limits, since the operator wrote them. */
  private readonly vouchedFor: ReadonlySet<string>;

  constructor(private readonly options: AdmissionOptions) {
    this.manifest = readManifest(options.schema, options.manifest ?? {});
    this.vouchedFor = new Set(this.manifest.values());
  }

  /** @throws GraphQLError with a stable code when the document is refused. */
  admit(source: string): AdmittedDocument {
    const known = this.remembered.get(source);
    if (known !== undefined) return known;
    const trusted = this.vouchedFor.has(source);
    if (!trusted) this.refuseBeforeParsing(source);
    const document = parseWithin(source, trusted ? undefined : this.options.limits.tokensMax);
    const { cost, refusal } = checkDocument(this.options.schema, document, this.options.limits);
    if (refusal !== null && !trusted) throw publicError(refusal.code, refusal.message);
    const admitted = { document, cost };
    this.remembered.set(source, admitted);
    return admitted;
  }

  /** @throws GraphQLError when the variables are larger than any input should be. */
  checkVariables(variables: unknown): void {
    if (variables === undefined || variables === null) return;
    const refusal = checkVariables(variables, this.options.limits);
    if (refusal !== null) throw publicError(refusal.code, refusal.message);
  }

  /** The document a client names by its hash: the manifest's, or one that a client registered (automatic persisted queries). */
  findPersisted(hash: string): string | undefined {
    return this.manifest.get(hash) ?? this.registered.get(hash);
  }

  /** Remembers an admitted document by its hash, unless only the manifest counts. */
  register(hash: string, source: string): void {
    if (this.options.operations === "any") this.registered.set(hash, source);
  }

  /** The operations of the manifest, by name: safe labels for metrics. */
  operationNames(): readonly string[] {
    const names = [...this.vouchedFor].flatMap((source) => [...this.admit(source).cost.operations.keys()]);
    return names.filter((name) => name !== null);
  }

  private refuseBeforeParsing(source: string): void {
    if (this.options.operations === "persisted-only") {
      throw publicError("OPERATION_NOT_PERSISTED", "This server runs known operations only: send the hash of one.");
    }
    if (source.length > this.options.limits.charactersMax) throw documentTooLong();
  }
}

function parseWithin(source: string, maxTokens: number | undefined): DocumentNode {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // The parser's own sentence for the token limit names its number.
    if (error.message.includes("tokens. Parsing aborted")) throw documentTooLong();
    throw publicError("GRAPHQL_PARSE_FAILED", error.message);
  }
}

function documentTooLong(): GraphQLError {
  return publicError("DOCUMENT_TOO_LONG", "The document is too long.");
}

/** Every document under its own hash and valid against the schema: an operator hears of a stale manifest when the server starts. */
function readManifest(schema: GraphQLSchema, manifest: OperationManifest): ReadonlyMap<string, string> {
  for (const [hash, source] of Object.entries(manifest)) {
    const actual = createHash("sha256").update(source).digest("hex");
    assert(actual === hash, `the manifest's document ${hash} has the SHA-256 it is listed under (it has ${actual})`);
    const errors = validate(schema, parse(source), specifiedRules);
    assert(errors.length === 0, `the manifest's document ${hash} is valid: ${errors[0]?.message}`);
  }
  return new Map(Object.entries(manifest));
}
