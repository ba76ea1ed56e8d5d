/**
 * The documents are true where a machine can tell: the map of `src/README.md` has every folder of the source, every link leads
 * to a file, every path of the source that a document names exists, every decision has its page and its place in the index,
 * every threat of the table has its tests, and every setting is explained.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const project = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (path: string) => readFileSync(join(project, path), 'utf8')
const entriesOf = (folder: string) => readdirSync(join(project, folder), { withFileTypes: true })
const markdownOf = (folder: string) =>
  entriesOf(folder)
    .filter(({ name }) => name.endsWith('.md'))
    .map(({ name }) => join(folder, name))

const decisionFiles = entriesOf('docs/decisions')
  .map(({ name }) => name)
  .filter((name) => name !== 'README.md')
const documents = ['.', 'docs', 'docs/decisions', 'migrations', 'src', 'test'].flatMap(markdownOf)
const rings = entriesOf('src')
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

describe('The map of the source', () => {
  const map = read('src/README.md')
  const named = [...map.matchAll(/^\| `([\w/-]+\/)` \|/gm)].map(([, folder]) => folder)

  test('has a line for every folder', () => {
    expect(foldersBelow('src').filter((folder) => !named.includes(`${folder}/`))).toEqual([])
  })

  test('has no folder that is not there', () => {
    const folders = foldersBelow('src').map((folder) => `${folder}/`)
    expect(named.filter((folder) => folder !== undefined && !folders.includes(folder))).toEqual([])
  })
})

describe('Documents', () => {
  test.each(documents)('%s links to files that are there', (document) => {
    const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)].map(
      ([, target = '']) => target,
    )
    expect(targets.filter((target) => !existsSync(join(project, dirname(document), target)))).toEqual([])
  })

  test.each(documents)('%s names paths of the source that are there', (document) => {
    const paths = [...read(document).matchAll(/`(?:src\/)?([\w-]+\/[\w/-]*(?:\.ts)?)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => rings.includes(path.split('/')[0] ?? ''))
    const missing = paths.filter(
      (path) => !existsSync(join(project, 'src', path)) && !existsSync(join(project, 'test', path)),
    )
    expect(missing).toEqual([])
  })
})

describe('docs/settings.md', () => {
  const source = read('src/adapters/d1/tenants/tenant-settings.ts')
  const schema = source.slice(source.indexOf('const schema ='), source.indexOf('.superRefine('))
  const settings = [...schema.matchAll(/^ {4}(\w+)[:,]/gm)].map(([, name]) => name)

  test('has a row for every setting of a tenant', () => {
    const document = read('docs/settings.md')
    expect(settings).toContain('limits')
    expect(settings.filter((name) => !new RegExp(`^\\|.*\`${name}[.\`]`, 'm').test(document))).toEqual([])
  })
})

describe('docs/deploy.md and docs/mail.md', () => {
  test('name every variable and secret of the Worker', () => {
    const source = read('src/env.ts')
    const bindings = source.slice(source.indexOf('export interface'), source.indexOf('\n}\n'))
    const texts = [...bindings.matchAll(/^ {2}(\w+)\??: string$/gm)].map(([, name = '']) => name)
    const documented = read('docs/deploy.md') + read('docs/mail.md')
    expect(texts).toContain('TOKEN_SECRET')
    expect(texts.filter((name) => !documented.includes(`\`${name}\``))).toEqual([])
  })
})

describe('Decisions', () => {
  const numbers = decisionFiles.map((name) => Number(/^(\d{3})-/.exec(name)?.[1]))
  const index = read('docs/decisions/README.md')

  test('are numbered without a gap, and no number is given twice', () => {
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, place) => place + 1))
  })

  test.each(decisionFiles)(
    '%s has its number as a title, a context, a decision and a consequence',
    (name) => {
      const text = read(`docs/decisions/${name}`)
      expect(text).toMatch(new RegExp(`^# ${Number(name.slice(0, 3))}\\. \\S`))
      expect([...text.matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading)).toEqual([
        'Context',
        'Decision',
        'Consequence',
      ])
    },
  )

  test.each(decisionFiles)('%s stands in the index once, under its title', (name) => {
    const title = read(`docs/decisions/${name}`).split('\n')[0]?.slice('# '.length)
    expect(index.split(`- [${title}](${name})\n`)).toHaveLength(2)
  })
})

describe('The table of threats', () => {
  const rows = [...read('test/threats.md').matchAll(/^\| (T\d+) \| (.+?) \|/gm)].map(
    ([, threat = '', cell = '']) => ({
      threat,
      files: [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    }),
  )
  const testFiles = readdirSync(join(project, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  )

  test.each(rows)(
    'names files that are there for $threat, and those of security/ test it by its number',
    ({ threat, files }) => {
      const tests = (file: string) =>
        file.startsWith('security/')
          ? threatsIn(read(join('test', file))).includes(threat)
          : existsSync(join(project, 'test', file))
      expect(files.filter((file) => !tests(file))).toEqual([])
    },
  )

  test('has a row for every threat that a test names', () => {
    const listed = rows.map(({ threat }) => threat)
    const named = testFiles.flatMap((path) => threatsIn(read(join('test', path))))
    expect([...new Set(named)].filter((threat) => !listed.includes(threat))).toEqual([])
  })
})

/** The numbers with which names of tests begin, as in `T8, T9: …`. */
function threatsIn(text: string): string[] {
  return [...text.matchAll(/['"`]((?:T\d{1,2}[,:]? )+)/g)].flatMap(
    ([, numbers = '']) => numbers.match(/T\d+/g) ?? [],
  )
}

/** All folders below, relative to it. */
function foldersBelow(root: string, prefix = ''): string[] {
  return entriesOf(join(root, prefix))
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const folder = `${prefix}${name}`
      return [folder, ...foldersBelow(root, `${folder}/`)]
    })
}
