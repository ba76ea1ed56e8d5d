/**
 * What is deployed: the Worker as wrangler bundles it. It brings nothing of Node along, and what is minified in it leads
 * back to the sources.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin, SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { runWrangler } from '../src/cli/wrangler.ts'

const metadata = z.object({
  outputs: z.record(z.string(), z.object({ imports: z.array(z.object({ path: z.string() })) })),
})
const folder = mkdtempSync(join(tmpdir(), 'patron-bundle-'))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

beforeAll(() => runWrangler(['deploy', '--dry-run', '--metafile', '--outdir', folder]), 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the bundle', () => {
  it('loads no module of Node, and the platform is told to offer none', () => {
    const { outputs } = metadata.parse(JSON.parse(read('bundle-meta.json')))
    const loaded = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
    expect(loaded).toContain('cloudflare:workers')
    expect(loaded.filter((name) => isBuiltin(name))).toEqual([])
    const { compatibility_flags: flags } = unstable_readConfig({ config: 'wrangler.toml' })
    expect(flags).toEqual(expect.arrayContaining(['no_nodejs_compat', 'no_nodejs_compat_v2']))
  })

  it('is minified but for the names of functions, and its map leads each place to its line in the sources', () => {
    const lines = read('worker.js').split('\n')
    const map = new SourceMap(JSON.parse(read('worker.js.map')))
    // Texts that minifying keeps and that stand in the sources once.
    const places = [
      { source: 'src/adapters/email/words-check.ts', text: 'is empty when the reader' },
      { source: 'src/http/json-body.ts', text: 'The request body is not valid JSON.' },
    ]
    for (const { source, text } of places) {
      const line = lines.findIndex((content) => content.includes(text))
      const entry = map.findEntry(line, lines[line]?.indexOf(text) ?? -1)
      expect('originalSource' in entry && entry.originalSource).toMatch(new RegExp(`/${source}$`))
      const original = readFileSync(source, 'utf8').split('\n')
      expect('originalLine' in entry && original[entry.originalLine]).toContain(text)
    }
    expect(lines.some((content) => content.includes('"checkWords"'))).toBe(true)
    expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(10_000)
  })
})
