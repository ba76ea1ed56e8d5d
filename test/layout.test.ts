/**
 * The import rules and the rules of naming and size, as tests: an arrow that points the wrong way is red.
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
  'env.ts': { values: ['domain'], types: [], packages: true },
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
