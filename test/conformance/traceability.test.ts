/**
 * The table of `test/traceability.md` is true: every endpoint has a row with the heading that it follows, every row
 * names an endpoint that exists, and every guarantee in it is the name of a test in the file beside it.
 */
/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from 'vitest'
import { dialects } from '../../src/app.ts'
import document from '../traceability.md?raw'

interface Row {
  endpoint: string
  heading: string
  file: string
  guarantees: string[]
}

/** Rows of this name are about all endpoints at once. */
const everywhere = 'every endpoint'

const files = import.meta.glob<string>(['./**/*.test.ts', '../pages/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const rows = readRows(document)
const endpoints = dialects
  .flatMap((dialect) => dialect.endpoints)
  .map(({ method, path, heading }) => ({ endpoint: `${method.toUpperCase()} ${named(path)}`, heading }))

describe('The traceability table', () => {
  it.each(endpoints)('has a row for $endpoint', ({ endpoint, heading }) => {
    expect(rows.filter((row) => row.endpoint === endpoint).map((row) => row.heading)).toContain(heading)
  })

  it('names no endpoint that does not exist', () => {
    const known = [...endpoints.map(({ endpoint }) => endpoint), everywhere]
    expect(rows.map(({ endpoint }) => endpoint).filter((name) => !known.includes(name))).toEqual([])
  })

  it.each(rows)('names tests that exist for $endpoint', ({ file, guarantees }) => {
    const text = files[file.startsWith('../') ? file : `./${file}`] ?? ''
    expect(guarantees.length).toBeGreaterThan(0)
    expect(guarantees.filter((name) => !namesIn(text).has(name))).toEqual([])
  })
})

/** A parameter in braces, without the pattern that it has to match. */
function named(path: string): string {
  return path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')
}

/** What stands in quotes in a test file, and so every name of a case. */
function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/(['"`])((?:(?!\1).)+)\1/g)].map(([, , name = '']) => name))
}

/** Rows of four cells, of which the third is a test file; the formatter's backslashes are taken out. */
function readRows(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim().replaceAll(/[`\\]/g, ''))
    const [, endpoint = '', heading = '', file = '', guarantees = ''] = cells
    if (cells.length !== 6 || !file.endsWith('.test.ts')) return []
    return [{ endpoint, heading, file, guarantees: guarantees.split('<br>').map((name) => name.trim()) }]
  })
}
