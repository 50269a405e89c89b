// Do the modules keep the rules of the house? Each violation is a sentence.

import { posix } from 'node:path'
import ts from 'typescript'
import { mayImport, mayUse, ROOF, roomOf, rulesOf } from './rooms.ts'

export interface Module {
  /** From the checkout's root, with slashes. */
  readonly path: string
  readonly source: string
}

interface Read extends Module {
  readonly imports: readonly { readonly what: string; readonly line: number }[]
  readonly globals: readonly { readonly what: string; readonly line: number }[]
}

/** Longer files hold a second question. */
const MAX_LINES = 300

/** All violations. `atLeast`: fewer modules than this means the check itself looked in the wrong place. */
export function judge(modules: readonly Module[], atLeast: number): readonly string[] {
  if (modules.length < atLeast) {
    return [
      `Only ${modules.length} modules were found where there are at least ${atLeast}: the check looks in the wrong place.`,
    ]
  }
  const read = modules.map(readModule)
  return [
    ...read.flatMap(importFaults),
    ...read.flatMap(globalFaults),
    ...read.flatMap(lengthFaults),
    ...circles(read),
  ]
}

function importFaults(module: Read): readonly string[] {
  return module.imports.flatMap(({ what, line }) => {
    const fault = what.startsWith('.')
      ? nearFault(module.path, resolve(module.path, what))
      : packageFault(module.path, what)
    return fault === undefined ? [] : [`${module.path}:${line} ${fault}`]
  })
}

function nearFault(from: string, to: string): string | undefined {
  const inside = /^src\/emulators\/([^/]+)\/(.*)$/.exec(to)
  const isInsideOfAnother =
    inside !== null && inside[1] !== 'common' && !from.startsWith(`src/emulators/${inside[1] ?? ''}/`)
  if (isInsideOfAnother && inside[2] !== 'index.ts') {
    return `imports ${to}: from outside, an emulator is its index.ts; verdicts come from what it tells there.`
  }
  if (isTest(from) || !isCode(from)) return undefined
  if (!isCode(to))
    return isAsset(to) ? undefined : `imports ${to}: code must not lean on what only tests have.`
  if (isTest(to)) return `imports ${to}: code must not lean on a test.`
  const [room, other] = [roomOf(from), roomOf(to)]
  if (room === ROOF || room === other) return undefined
  const rules = room === undefined ? undefined : rulesOf(room)
  if (room === undefined || rules === undefined) {
    return `is in no room of the house: give ${room ?? from} rules in test/support/rooms.ts, or move it.`
  }
  if (other !== undefined && mayImport(rules, other)) return undefined
  const may = rules.imports.length === 0 ? 'nothing but itself' : `only itself, ${rules.imports.join(', ')}`
  return `imports ${to}: the room ${room} may import ${may}, because ${rules.why}.`
}

function packageFault(from: string, what: string): string | undefined {
  if (what.startsWith('node:') || isTest(from) || !isCode(from)) return undefined
  const room = roomOf(from)
  const name = what
    .split('/')
    .slice(0, what.startsWith('@') ? 2 : 1)
    .join('/')
  const rules = room === undefined ? undefined : rulesOf(room)
  if (room === ROOF || rules === undefined || mayUse(rules, name)) return undefined
  const may =
    rules.packages === 'any unclaimed'
      ? 'what no other room claims'
      : rules.packages.length === 0
        ? 'no package'
        : `only ${rules.packages.join(', ')}`
  return `imports the package ${name}: the room ${room ?? ''} may import ${may}, because ${rules.why}.`
}

/** What must be handed in below the roof. Emulators and the terminal are a world of their own. */
const HANDED_IN: Readonly<Record<string, string>> = {
  console: 'a Logger',
  'process.env': 'the configuration',
  'Date.now': 'a Clock',
  'performance.now': 'a Clock',
  setTimeout: 'Clock.sleep',
  setInterval: 'Clock.sleep',
}

function globalFaults({ path, globals }: Read): readonly string[] {
  const isExempt =
    isTest(path) ||
    !isCode(path) ||
    roomOf(path) === ROOF ||
    path.startsWith('src/emulators/') ||
    path === 'adapters/console.ts'
  if (isExempt) return []
  return globals.map(
    ({ what, line }) =>
      `${path}:${line} names ${what}: below the roof the world is handed in; use ${HANDED_IN[what] ?? 'what was handed in'}.`,
  )
}

function lengthFaults({ path, source }: Read): readonly string[] {
  const lines = source.split('\n').length - 1
  if (isTest(path) || !isCode(path) || lines <= MAX_LINES) return []
  return [
    `${path} has ${lines} lines: a file answers one question, and over ${MAX_LINES} lines it holds a second one. Split it.`,
  ]
}

/** Each circle once, told as the path one would walk. */
function circles(modules: readonly Read[]): readonly string[] {
  const known = new Map(modules.map((module) => [module.path, module]))
  const done = new Set<string>()
  const found: string[] = []
  for (const { path } of modules) walk(path, [])
  return found

  function walk(path: string, trail: readonly string[]): void {
    const start = trail.indexOf(path)
    if (start >= 0) {
      found.push(`There is a circle of imports: ${[...trail.slice(start), path].join(' → ')}.`)
      return
    }
    if (done.has(path)) return
    for (const { what } of known.get(path)?.imports ?? []) {
      if (what.startsWith('.')) walk(resolve(path, what), [...trail, path])
    }
    done.add(path)
  }
}

function readModule(module: Module): Read {
  const file = ts.createSourceFile(module.path, module.source, ts.ScriptTarget.Latest, true)
  const imports: { what: string; line: number }[] = []
  const globals: { what: string; line: number }[] = []
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1

  const visit = (node: ts.Node): void => {
    const what = importedBy(node)
    if (what !== undefined) imports.push({ what, line: lineOf(node) })
    const global = globalNamedBy(node)
    if (global !== undefined) globals.push({ what: global, line: lineOf(node) })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { ...module, imports, globals }
}

function importedBy(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : undefined
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments
    return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined
  }
  return undefined
}

function globalNamedBy(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    if (node.expression.text === 'console') return 'console'
    const name = `${node.expression.text}.${node.name.text}`
    return name.includes('.') && Object.hasOwn(HANDED_IN, name) ? name : undefined
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    return Object.hasOwn(HANDED_IN, node.expression.text) ? node.expression.text : undefined
  }
  return undefined
}

function resolve(from: string, what: string): string {
  return posix.normalize(posix.join(posix.dirname(from), what))
}
function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}
function isCode(path: string): boolean {
  return path.startsWith('src/') || path.startsWith('adapters/')
}
function isAsset(path: string): boolean {
  return path.startsWith('config/') || path === 'package.json'
}
