import ts from "typescript";

/** A tree of files: repository path to text. */
export type Tree = ReadonlyMap<string, string>;

/** One import or re-export of a module. */
export interface Import {
  /** A repository path for a file of the tree, else a package or a node: name. */
  readonly target: string;
  /** True if it is erased when compiled, so that nothing is loaded. */
  readonly typeOnly: boolean;
}

/** What a module takes in and gives out. */
export interface Module {
  readonly imports: readonly Import[];
  /** Exported functions, classes and constants by name; types and `export *` do not count. */
  readonly exports: readonly string[];
}

/** What was read of each path last, since every rule asks for it again. */
const read = new Map<string, { readonly text: string; readonly module: Module }>();

/** Imports and exports of one TypeScript file of the tree. */
export function module(path: string, text: string): Module {
  const known = read.get(path);
  if (known?.text === text) return known.module;
  const found = parsed(path, text);
  read.set(path, { text, module: found });
  return found;
}

function parsed(path: string, text: string): Module {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const exports: string[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier && ts.isStringLiteral(specifier))
      imports.push({ target: resolved(path, specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const statement of source.statements) exports.push(...exported(statement));
  return { imports, exports };
}

function exported(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const names = statement.exportClause;
    if (statement.isTypeOnly || !names || !ts.isNamedExports(names)) return [];
    return names.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name.text);
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name ? [statement.name.text] : ["default"];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  return [];
}

/** A relative specifier as a repository path; others as the package's name. */
function resolved(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) {
    if (specifier.startsWith("node:")) return specifier;
    return specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
  }
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/"))
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  return parts.join("/").replace(/\.js$/, ".ts");
}

/** Packages and files that loading `entry` loads, types aside, whether at once or on demand. */
export function reached(tree: Tree, entry: string): Set<string> {
  const seen = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = tree.get(path);
    if (text === undefined || !path.endsWith(".ts")) continue;
    for (const { target, typeOnly } of module(path, text).imports) if (!typeOnly) open.push(target);
  }
  return seen;
}
