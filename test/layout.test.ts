/**
 * The import rules and the rules of naming and size, as tests: an arrow that points the wrong way is red, between rings,
 * between the chapters of a ring, and between files that would close a circle.
 * Imports are read with TypeScript's own parser. The last block feeds the same rules with broken code, so that they are
 * known to be able to fail.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const linesMax = 300
const linesNoted = 250
/** An index is not counted. */
const filesInFolderMax = 15
const sourceFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

interface Source {
  /** Below `src`, with slashes. */
  path: string
  text: string
}

interface Import {
  target: string
  typeOnly: boolean
}

/** Who may import what: folders or files of `src`; `types` may be imported with `import type` only. */
interface Rule {
  values: string[]
  types: string[]
  packages: boolean
}

const everything: Rule = { values: [''], types: [], packages: true }

/** Files with a rule of their own; they say more than the rule of their folder. */
const fileRules: Record<string, Rule> = {
  'worker.ts': everything,
  'adapters/index.ts': everything,
  'app.ts': { values: ['dialects', 'http', 'pages', 'domain', 'env.ts'], types: ['flows'], packages: true },
  // Its table belongs to the one schema that the migrations are generated from.
  'adapters/email/transports/mailbox-transport.ts': {
    values: ['domain', 'adapters/email', 'adapters/d1/mail/mail-schema.ts'],
    types: ['flows'],
    packages: true,
  },
  'queues.ts': {
    values: ['domain', 'adapters/email/sending-events.ts'],
    types: ['flows', 'env.ts'],
    packages: false,
  },
  'schedule.ts': { values: [], types: ['flows'], packages: false },
  'env.ts': { values: ['domain'], types: [], packages: true },
}

/** The chapters of a ring, lowest first: each may import those before it. Files beside the chapters are `.`. */
const stacks: Record<string, string[]> = {
  domain: [
    'base',
    'tenant',
    'credentials',
    'passwords',
    'resources',
    'customer',
    'events',
    'mail',
    'changes',
  ],
  flows: [
    'ports',
    '.',
    'object',
    'tokens',
    'writing',
    'sessions',
    'mail',
    'account',
    'office',
    'webhooks',
    'upkeep',
    'index.ts',
  ],
}

function chapterOf(path: string): { ring: string; level: number } | undefined {
  const [ring = '', second = '', ...deeper] = path.split('/')
  const stack = stacks[ring]
  if (stack === undefined) return undefined
  const named = stack.indexOf(second)
  return { ring, level: named < 0 && deeper.length === 0 ? stack.indexOf('.') : named }
}

function chapterProblems(source: Source): string[] {
  const own = chapterOf(source.path)
  if (own === undefined) return []
  if (own.level < 0) return [`${source.path}: belongs to no chapter`]
  return importsOf(source)
    .map(({ target }) => posix.join(posix.dirname(source.path), target))
    .filter((target) => {
      const other = chapterOf(target)
      return other?.ring === own.ring && other.level > own.level
    })
    .map((target) => `${source.path}: must not import the later chapter of ${target}`)
}

/** Files that import each other, by whatever detour; types count, because a reader follows them, too. */
function circles(all: readonly Source[]): string[][] {
  const paths = new Set(all.map(({ path }) => path))
  const importsByPath = new Map(
    all.map((source) => [
      source.path,
      importsOf(source)
        .map(({ target }) => posix.join(posix.dirname(source.path), target))
        .filter((target) => paths.has(target)),
    ]),
  )
  const reaches = (from: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(importsByPath.get(from) ?? [])]
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      open.push(...(importsByPath.get(path) ?? []))
    }
    return seen
  }
  const reached = new Map([...paths].map((path) => [path, reaches(path)]))
  const inCircle = [...paths].filter((path) => reached.get(path)?.has(path))
  const together = (path: string) =>
    inCircle.filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path))
  return [...new Set(inCircle.map((path) => together(path).sort().join(' ')))].map((circle) =>
    circle.split(' '),
  )
}

function fullFolders(all: readonly Source[]): string[] {
  const counts = new Map<string, number>()
  for (const { path } of all.filter((source) => posix.basename(source.path) !== 'index.ts'))
    counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > filesInFolderMax)
    .map(([folder, count]) => `${folder}: ${count} files`)
}

function ruleOf(path: string): Rule | undefined {
  const own = fileRules[path]
  if (own !== undefined) return own
  const [ring = '', part = ''] = path.split('/')
  const folder = `${ring}/${part}`
  switch (ring) {
    case 'domain':
      return { values: ['domain'], types: [], packages: false }
    case 'flows':
      return { values: ['domain', 'flows'], types: [], packages: false }
    case 'adapters':
      return { values: ['domain', 'env.ts', 'adapters/fetch', folder], types: ['flows'], packages: true }
    case 'dialects':
      return { values: ['domain', 'http', folder], types: ['flows'], packages: true }
    case 'http':
      return { values: ['domain', 'http', 'env.ts'], types: ['flows'], packages: true }
    case 'pages':
      return { values: ['domain', 'http', 'pages'], types: ['flows'], packages: true }
    case 'cli':
      return {
        values: ['domain', 'cli', 'adapters/d1/tenants/tenant-settings.ts'],
        types: [],
        packages: true,
      }
    default:
      return undefined
  }
}

function importsOf({ path, text }: Source): Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      imports.push({ target: specifier.text, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause))
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return imports
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  )
}

function importProblems(source: Source): string[] {
  const rule = ruleOf(source.path)
  if (rule === undefined) return [`${source.path}: belongs to no ring`]
  return importsOf(source)
    .filter(({ target, typeOnly }) => !isAllowed(rule, source.path, target, typeOnly))
    .map(({ target, typeOnly }) => `${source.path}: must not import ${typeOnly ? 'types of ' : ''}${target}`)
}

function isAllowed(rule: Rule, path: string, target: string, typeOnly: boolean): boolean {
  if (!target.startsWith('.')) return rule.packages
  const resolved = posix.join(posix.dirname(path), target)
  if (resolved.startsWith('..')) return false
  const within = (place: string) => place === '' || resolved === place || resolved.startsWith(`${place}/`)
  return rule.values.some(within) || (typeOnly && rule.types.some(within))
}

function styleProblems({ path, text }: Source): string[] {
  const problems: string[] = []
  const name = posix.basename(path, '.ts')
  if (['utils', 'util', 'helpers', 'helper', 'common'].includes(name))
    problems.push(`${path}: the name says nothing`)
  if (!text.startsWith('/**')) problems.push(`${path}: does not open with a header comment`)
  if (lineCount(text) > linesMax) problems.push(`${path}: ${lineCount(text)} lines, more than ${linesMax}`)
  if (path !== 'worker.ts' && hasDefaultExport(path, text)) problems.push(`${path}: has a default export`)
  if (/^dialects\/[^/]+\/error\.ts$/.test(path) && hasDefaultClause(path, text))
    problems.push(`${path}: an error map must be exhaustive, without default`)
  return problems
}

function hasDefaultExport(path: string, text: string): boolean {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return true
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    )
      return statement.exportClause.elements.some((element) => element.name.text === 'default')
    return (
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
    )
  })
}

function hasDefaultClause(path: string, text: string): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    found ||= ts.isDefaultClause(node)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return found
}

function lineCount(text: string): number {
  return text.trimEnd().split('\n').length
}

const sources: Source[] = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path: path.split('\\').join('/'),
    text: readFileSync(join(sourceFolder, path), 'utf8'),
  }))

describe('the source', () => {
  test('is found', () => {
    expect(sources.map(({ path }) => path)).toContain('domain/tenant/tenant.ts')
  })

  test('imports only inwards', () => {
    expect(sources.flatMap(importProblems)).toEqual([])
  })

  test('is a stack of chapters in each ring', () => {
    expect(sources.flatMap(chapterProblems)).toEqual([])
  })

  test('has no circle of files', () => {
    expect(circles(sources)).toEqual([])
  })

  test(`has no folder with more than ${filesInFolderMax} files`, () => {
    expect(fullFolders(sources)).toEqual([])
  })

  test('keeps to the rules of naming, size, headers and exports', () => {
    expect(sources.flatMap(styleProblems)).toEqual([])
    for (const { path, text } of sources)
      if (lineCount(text) > linesNoted) console.info(`note: ${path} has ${lineCount(text)} lines`)
  })
})

describe('the rules themselves', () => {
  test.each([
    ['domain/x.ts', `import { z } from 'zod'`],
    ['domain/x.ts', `import type { Ports } from '../flows/ports.ts'`],
    ['flows/x.ts', `import { Hono } from 'hono'`],
    ['flows/x.ts', `export { y } from '../adapters/d1/y.ts'`],
    ['adapters/kv/x.ts', `import { f } from '../../flows/f.ts'`],
    ['adapters/kv/x.ts', `import type { Row } from '../d1/schema.ts'`],
    ['adapters/kv/x.ts', `import { type A, b } from '../../flows/f.ts'`],
    ['dialects/emporix/x.ts', `import type { Wire } from '../commercetools/schema.ts'`],
    ['dialects/emporix/x.ts', `import { d1 } from '../../adapters/index.ts'`],
    ['dialects/emporix/x.ts', `const f = await import('../../flows/f.ts')`],
    ['dialects/emporix/x.ts', `type X = import('../../adapters/d1/schema.ts').X`],
    ['http/x.ts', `import { present } from '../dialects/emporix/translate.ts'`],
    ['pages/x.ts', `import { f } from '../flows/f.ts'`],
    ['cli/x.ts', `import { customers } from '../adapters/d1/schema.ts'`],
    ['app.ts', `import { compose } from './adapters/index.ts'`],
    ['domain/x.ts', `import '../../test/support/client.ts'`],
    ['services/x.ts', ''],
  ])('refuse %s with: %s', (path, text) => {
    expect(importProblems({ path, text })).toHaveLength(1)
  })

  test.each([
    ['domain/x.ts', `import { y } from './y.ts'`],
    ['adapters/kv/x.ts', `import type { Ports } from '../../flows/ports.ts'; import { z } from 'zod'`],
    ['adapters/index.ts', `import { a } from './d1/a.ts'; import { f } from '../flows/f.ts'`],
    ['dialects/emporix/x.ts', `import { a } from '../../http/a.ts'; import { b } from './b.ts'`],
    ['cli/x.ts', `import { parse } from '../adapters/d1/tenants/tenant-settings.ts'`],
  ])('accept %s with: %s', (path, text) => {
    expect(importProblems({ path, text })).toEqual([])
  })

  test.each([
    ['domain/base/x.ts', `import { y } from '../customer/y.ts'`],
    ['domain/customer/x.ts', `import type { Message } from '../events/message.ts'`],
    ['domain/mail/x.ts', `export * from '../changes/y.ts'`],
    ['flows/ports/x.ts', `import type { Context } from '../context.ts'`],
    ['flows/writing/x.ts', `import { y } from '../office/y.ts'`],
    ['flows/context.ts', `import { y } from './mail/y.ts'`],
    ['flows/account/x.ts', `import type { Flows } from '../index.ts'`],
    ['domain/sundry/x.ts', ''],
  ])('refuse the chapter of %s with: %s', (path, text) => {
    expect(chapterProblems({ path, text })).toHaveLength(1)
  })

  test.each([
    ['domain/changes/x.ts', `import { y } from '../base/y.ts'; import { z } from './z.ts'`],
    ['flows/index.ts', `import { y } from './upkeep/y.ts'; import type { P } from './ports/index.ts'`],
    [
      'flows/account/x.ts',
      `import { y } from '../context.ts'; import { z } from '../../domain/changes/z.ts'`,
    ],
  ])('accept the chapter of %s with: %s', (path, text) => {
    expect(chapterProblems({ path, text })).toEqual([])
  })

  test('find circles of two and of three files, of types and of re-exports, and nothing else', () => {
    const source = (path: string, ...targets: string[]) => ({
      path: `domain/${path}.ts`,
      text: targets
        .map((target) => `import type { X } from './${target}.ts'; export * from './${target}.ts'`)
        .join(';'),
    })
    expect(circles([source('a', 'b'), source('b', 'c'), source('c')])).toEqual([])
    expect(circles([source('a', 'b'), source('b', 'a'), source('c', 'a')])).toEqual([
      ['domain/a.ts', 'domain/b.ts'],
    ])
    expect(circles([source('a', 'b'), source('b', 'c'), source('c', 'a')])).toHaveLength(1)
    expect(circles([source('a', 'a')])).toHaveLength(1)
  })

  test('find full folders', () => {
    const sixteen = Array.from({ length: filesInFolderMax + 1 }, (_, n) => ({
      path: `domain/x/${n}.ts`,
      text: '',
    }))
    expect(fullFolders(sixteen)).toHaveLength(1)
    expect(fullFolders(sixteen.slice(1))).toEqual([])
  })

  test.each([
    ['domain/utils.ts', '/** x */'],
    ['domain/x.ts', '// no header'],
    ['domain/x.ts', `/** x */${'\n// line'.repeat(linesMax)}`],
    ['domain/x.ts', '/** x */ export default 1'],
    ['domain/x.ts', '/** x */ export default function f() {}'],
    ['domain/x.ts', '/** x */ const a = 1; export { a as default }'],
    ['dialects/emporix/error.ts', '/** x */ function f(x: 1) { switch (x) { default: return 1 } }'],
  ])('refuse the style of %s', (path, text) => {
    expect(styleProblems({ path, text })).toHaveLength(1)
  })
})
