/**
 * An import's file as batches, and its journal: where the next run goes on, and what it finds of the last one.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBatches, type Batch } from '../../../src/cli/import/import-batches.ts'
import { openJournal } from '../../../src/cli/import/import-journal.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patron-import-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const fileOf = async (text: string | Buffer) => {
  const file = join(folder, `${(files += 1)}.jsonl`)
  await writeFile(file, text)
  return file
}
const start = { offset: 0, line: 0 }
const all = async (file: string, from = start, limits = { items: 2, bytes: 1000 }) => {
  const batches: Batch[] = []
  for await (const batch of readBatches(file, from, limits)) batches.push(batch)
  return batches
}

describe('The batches of a file', () => {
  it.each(['\n', '\r\n'])(
    'hold its lines in order, with or without an end of the last one: %j',
    async (end) => {
      const lines = ['{"a":1}', '{"ä":"€"}', '', '{"a":3}', '   ', '{"a":4}', '{"a":5}']
      for (const text of [lines.join(end), `${lines.join(end)}${end}`]) {
        const batches = await all(await fileOf(text))
        const items = batches.flatMap((batch) => batch.items)
        expect(items.map(({ line, text: item }) => [line, JSON.parse(item)])).toEqual([
          [1, { a: 1 }],
          [2, { ä: '€' }],
          [4, { a: 3 }],
          [6, { a: 4 }],
          [7, { a: 5 }],
        ])
        expect(batches.map((batch) => batch.items.length)).toEqual([2, 2, 1])
        expect(batches.at(-1)?.end).toEqual({ offset: Buffer.byteLength(text), line: 7 })
      }
    },
  )

  it('begin again at the end of any of them', async () => {
    const text = Array.from({ length: 9 }, (_, n) => `{"n":${n},"ü":"${'é'.repeat(n)}"}\n`).join('')
    const file = await fileOf(text)
    const batches = await all(file)
    for (const [place, batch] of batches.entries())
      expect(await all(file, batch.end)).toEqual(batches.slice(place + 1))
  })

  it('tell what is no item by its line, and go on', async () => {
    const text = ['{"a":1}', '{"a":', '[]', '7', 'null', `{"a":"${'x'.repeat(1000)}"}`, '{"a":2}'].join('\n')
    const [batch] = await all(await fileOf(text))
    expect(batch?.items.map(({ line }) => line)).toEqual([1, 7])
    expect(batch?.refused).toEqual([
      { line: 2, message: 'The line is not valid JSON.' },
      ...[3, 4, 5].map((line) => ({ line, message: 'The line is no JSON object.' })),
      { line: 6, message: 'The line is longer than a request may be.' },
    ])
  })

  it('stay below the size of a request', async () => {
    const line = `{"a":"${'x'.repeat(300)}"}`
    const batches = await all(await fileOf(Array(7).fill(line).join('\n')), start, {
      items: 200,
      bytes: 1000,
    })
    expect(batches.map((batch) => batch.items.length)).toEqual([3, 3, 1])
  })

  it('of an empty file are none', async () => {
    expect(await all(await fileOf(''))).toEqual([])
  })
})

describe('The journal of an import', () => {
  const progress = { end: { offset: 5, line: 1 }, imported: 1, repeated: 0, failed: 1 }

  it('takes back rows of the report that the state knows nothing of', async () => {
    const file = await fileOf('{"a":1}\n{"a":2}\n')
    const report = `${file}.report`
    const journal = await openJournal(file, report)
    await journal.record(progress, [{ line: 1, message: 'é' }])
    const known = await readFile(report, 'utf8')
    await writeFile(report, `${known}{"line":2,"mess`)
    expect((await openJournal(file, report)).progress).toMatchObject(progress)
    expect(await readFile(report, 'utf8')).toBe(known)
  })

  it('is not taken for that of another file', async () => {
    const file = await fileOf('{"a":1}\n')
    await (await openJournal(file, `${file}.report`)).record(progress, [])
    await writeFile(file, '{"b":1}\n')
    await expect(openJournal(file, `${file}.report`)).rejects.toThrow('another file')
  })

  it('begins anew once all is done', async () => {
    const file = await fileOf('{"a":1}\n')
    const journal = await openJournal(file, `${file}.report`)
    await journal.record(progress, [])
    await journal.finish()
    expect((await openJournal(file, `${file}.report`)).progress.end).toEqual(start)
  })
})
