// What the rules need to know about one TypeScript file, read from its syntax tree.

import { posix } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** Path from the root of the repository for our own files, else the name as written. */
  readonly target: string;
  readonly own: boolean;
  /** The names taken from it; empty for `import()`, `import 'x'` and `export * from`. */
  readonly names: readonly string[];
}

export interface DecoratedMember {
  /** `Class` or `Class.method`. */
  readonly name: string;
  readonly className: string;
  /** Decorators as `Name` with the text of their arguments. */
  readonly decorators: readonly { readonly name: string; readonly argument: string | undefined }[];
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  /** How often it passes on what another file exports. */
  readonly reexports: number;
  /** How often it declares something itself. */
  readonly declarations: number;
  readonly readsEnvironment: boolean;
  readonly decorated: readonly DecoratedMember[];
}

interface Facts {
  readonly imports: Import[];
  readonly decorated: DecoratedMember[];
  reexports: number;
  readsEnvironment: boolean;
}

/** Reads `text` as the file at `path`. */
export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const facts: Facts = { imports: [], decorated: [], reexports: 0, readsEnvironment: false };
  const visit = (node: ts.Node): void => {
    collect(node, path, facts);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const declarations = tree.statements.filter(
    (statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement),
  ).length;
  const lineCount = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return { path, lineCount, declarations, ...facts };
}

function collect(node: ts.Node, path: string, facts: Facts): void {
  const reference = referenceOf(node);
  if (reference) facts.imports.push(toImport(path, reference.specifier, reference.names));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) facts.reexports += 1;
  if (readsEnvironment(node)) facts.readsEnvironment = true;
  if (ts.isClassDeclaration(node)) facts.decorated.push(...decoratedMembers(node));
}

function toImport(path: string, specifier: string, names: readonly string[]): Import {
  if (!specifier.startsWith('.')) return { target: specifier, own: false, names };
  const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
  return { target, own: true, names };
}

/** The other module that `node` names, in any of the ways TypeScript has for it. */
function referenceOf(node: ts.Node): { specifier: string; names: string[] } | undefined {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, importedNames(node));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return named(node.moduleSpecifier, []);
  if (ts.isExternalModuleReference(node)) return named(node.expression, []);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return named(node.argument.literal, []);
  if (ts.isCallExpression(node) && isModuleCall(node)) return named(node.arguments[0], []);
  // A worker or child process is started by `new URL('./file.js', import.meta.url)`.
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  return isUrl && node.arguments?.length === 2 ? ownFile(named(node.arguments[0], [])) : undefined;
}

function named(expression: ts.Node | undefined, names: string[]) {
  const isText = expression !== undefined && ts.isStringLiteralLike(expression);
  return isText ? { specifier: expression.text, names } : undefined;
}

function ownFile<Reference extends { specifier: string }>(reference: Reference | undefined) {
  return reference?.specifier.startsWith('.') && reference.specifier.endsWith('.js') ? reference : undefined;
}

function isModuleCall(node: ts.CallExpression): boolean {
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire;
}

function importedNames(node: ts.ImportDeclaration): string[] {
  const bindings = node.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

/** `process.env`, `process['env']`, `const { env } = process` and `import { env } from 'node:process'`. */
function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) {
    return isProcess(node.expression) && /^['"`]env['"`]$/.test(node.argumentExpression.getText());
  }
  if (ts.isVariableDeclaration(node)) {
    const takesEnvironment = ts.isObjectBindingPattern(node.name) && /\benv\b/.test(node.name.getText());
    return takesEnvironment && node.initializer !== undefined && isProcess(node.initializer);
  }
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return false;
  return /^(node:)?process$/.test(node.moduleSpecifier.text) && importedNames(node).includes('env');
}

function isProcess(node: ts.Expression): boolean {
  return /^(globalThis\.)?process$/.test(node.getText());
}

function decoratedMembers(node: ts.ClassDeclaration): DecoratedMember[] {
  const className = node.name?.text ?? 'anonymous';
  const methods = node.members.filter(ts.isMethodDeclaration).map((method) => ({
    name: `${className}.${method.name.getText()}`,
    className,
    decorators: decoratorsOf(method),
  }));
  return [{ name: className, className, decorators: decoratorsOf(node) }, ...methods];
}

function decoratorsOf(node: ts.HasDecorators): DecoratedMember['decorators'] {
  return (ts.getDecorators(node) ?? []).map(({ expression }) => {
    if (!ts.isCallExpression(expression)) return { name: expression.getText(), argument: undefined };
    const [first] = expression.arguments;
    const argument = first && ts.isStringLiteralLike(first) ? first.text : first?.getText();
    return { name: expression.expression.getText(), argument };
  });
}
