import { join } from "node:path";
import ts from "typescript";
import { lineOf } from "./syntax.ts";

/** English prose that a refusal can carry: a detail of its sentence, with `{}` for each value put in. */
export interface RefusalDetail {
  readonly english: string;
  /** Where it is written: file and line. */
  readonly place: string;
}

export interface RefusalProse {
  readonly details: readonly RefusalDetail[];
  /** Prose that could not be followed to where it is written, with its place. */
  readonly lost: readonly string[];
}

/** The data of refusals that are parts of sentences, and not values. */
const PROSE_FIELDS: ReadonlySet<string> = new Set(["reason", "what", "remedy"]);

/** Finds the prose in every `new Refusal(code, data)` of `paths`, through constants and the functions that are given it. */
export function refusalProse(root: string, paths: readonly string[]): RefusalProse {
  const program = openSources(root, paths);
  const sources = program.getSourceFiles();
  const trail = new Trail(program.getTypeChecker(), sources, root);
  for (const source of sources) {
    visit(source, (node) => {
      if (!ts.isNewExpression(node) || node.expression.getText() !== "Refusal") return;
      const data = node.arguments?.[1];
      if (data === undefined || !ts.isObjectLiteralExpression(data)) return trail.lose(node);
      for (const property of data.properties) {
        if (!property.name || !PROSE_FIELDS.has(property.name.getText())) continue;
        if (ts.isPropertyAssignment(property)) trail.follow(property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) trail.followShorthand(property);
        else trail.lose(property);
      }
    });
  }
  return { details: trail.details, lost: trail.lost };
}

/** Only our own files, and neither libraries nor the language's: names are resolved, types do not matter. */
function openSources(root: string, paths: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (names, importer) =>
    names.map(({ text }) => ({
      resolvedModule: text.startsWith(".")
        ? { resolvedFileName: join(importer, "..", text), extension: ts.Extension.Ts }
        : undefined,
    }));
  return ts.createProgram({ rootNames: paths.map((path) => join(root, path)), options, host });
}

/** Follows expressions back to the texts that they can be. */
class Trail {
  readonly details: RefusalDetail[] = [];
  readonly lost: string[] = [];
  private readonly followed = new Set<ts.Node>();
  /** Every call of something named, by that name: whose function it is, is only asked of those that matter. */
  private readonly calls = new Map<string, ts.CallExpression[]>();

  constructor(
    private readonly checker: ts.TypeChecker,
    sources: readonly ts.SourceFile[],
    private readonly root: string,
  ) {
    for (const source of sources) visit(source, (node) => this.noteCall(node));
  }

  follow(expression: ts.Expression): void {
    if (this.followed.has(expression)) return;
    this.followed.add(expression);
    if (ts.isStringLiteralLike(expression)) {
      this.find(expression, expression.text);
    } else if (ts.isTemplateExpression(expression)) {
      const tails = expression.templateSpans.map((span) => `{}${span.literal.text}`);
      this.find(expression, expression.head.text + tails.join(""));
    } else if (ts.isConditionalExpression(expression)) {
      this.follow(expression.whenTrue);
      this.follow(expression.whenFalse);
    } else if (isNullish(expression)) {
      this.follow(expression.left);
      this.follow(expression.right);
    } else if (ts.isIdentifier(expression)) {
      this.followSymbol(this.checker.getSymbolAtLocation(expression), expression);
    } else if (isZodMessage(expression)) {
      this.findZodMessages(expression.getSourceFile());
    } else {
      this.lose(expression);
    }
  }

  followShorthand(property: ts.ShorthandPropertyAssignment): void {
    this.followSymbol(this.checker.getShorthandAssignmentValueSymbol(property), property);
  }

  lose(node: ts.Node): void {
    this.lost.push(`${this.placeOf(node)}: ${node.getText()}`);
  }

  private followSymbol(symbol: ts.Symbol | undefined, use: ts.Node): void {
    const declaration = symbol && this.original(symbol).valueDeclaration;
    if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer) {
      this.follow(declaration.initializer);
    } else if (declaration && ts.isParameter(declaration)) {
      this.followParameter(declaration);
    } else {
      this.lose(use);
    }
  }

  private followParameter(parameter: ts.ParameterDeclaration): void {
    if (this.followed.has(parameter)) return;
    this.followed.add(parameter);
    const position = parameter.parent.parameters.indexOf(parameter);
    for (const call of this.callsOf(parameter.parent)) {
      const given = call.arguments[position];
      if (given) this.follow(given);
    }
  }

  private noteCall(node: ts.Node): void {
    if (!ts.isCallExpression(node)) return;
    const name = calledName(node);
    if (name !== null) this.calls.set(name, [...(this.calls.get(name) ?? []), node]);
  }

  /** The calls of a function that is declared, or that a constant holds. */
  private callsOf(called: ts.SignatureDeclaration): ts.CallExpression[] {
    const declared = ts.isVariableDeclaration(called.parent) ? called.parent : called;
    const name = declared.name?.getText();
    return (name === undefined ? [] : (this.calls.get(name) ?? [])).filter((call) => {
      const symbol = this.checker.getSymbolAtLocation(call.expression);
      return symbol !== undefined && this.original(symbol).valueDeclaration === declared;
    });
  }

  private original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The messages that a file gives to its zod schemas: the text after what a check compares with. */
  private findZodMessages(source: ts.SourceFile): void {
    visit(source, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const message = node.arguments[1];
      if (message && ts.isStringLiteralLike(message)) this.follow(message);
    });
  }

  private find(node: ts.Node, english: string): void {
    this.details.push({ english, place: this.placeOf(node) });
  }

  private placeOf(node: ts.Node): string {
    return `${node.getSourceFile().fileName.slice(this.root.length)}:${lineOf(node)}`;
  }
}

function isNullish(expression: ts.Expression): expression is ts.BinaryExpression {
  return ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
}

/** `issue?.message`: what zod found wrong. */
function isZodMessage(expression: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text === "message" &&
    expression.expression.getText() === "issue"
  );
}

function calledName({ expression }: ts.CallExpression): string | null {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : null;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}
