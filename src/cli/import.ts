/**
 * `npm run import`: customers from a file of one JSON object a line into a tenant, through the HTTP API, a few batches at a
 * time and in little memory. An interrupted import goes on where it was; what failed, and why, is in the report.
 */
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { itemsMax, readBatches, type Batch } from './import/import-batches.ts'
import { readOptions, runCommand, UsageError } from './command-line.ts'
import { importClient, type Outcome, type Service } from './import/import-client.ts'
import { openJournal, type Progress } from './import/import-journal.ts'

const usage = `usage: npm run import -- FILE.jsonl --tenant KEY

  --url URL         the service; http://127.0.0.1:8787 unless given
  --client ID       OAuth client with the scope customer.import_manage; KEY-admin unless given.
                    Its secret is read from PATRON_CLIENT_SECRET.
  --report FILE     what failed and why, as JSON lines; FILE.jsonl.report.jsonl unless given
  --batch N         items of one request, at most ${itemsMax}
  --parallel N      requests at the same time; 4 unless given

Each line is an item of POST /customer/{tenant}/customers/import.
`

const barWidth = 30
const showEveryMs = 200

await runCommand(usage, run)

async function run(): Promise<number> {
  const { file, report, batch, parallel, service } = readCommandLine()
  const size = await stat(file).then(
    (found) => found.size,
    () => {
      throw new UsageError(`There is no file ${file}.`)
    },
  )
  const journal = await openJournal(file, report)
  const show = progressLine(size, journal.progress)
  const client = importClient(service)
  let progress = journal.progress
  if (progress.end.offset > 0) process.stderr.write(`Goes on behind line ${progress.end.line}.\n`)

  const settle = async ({ batch: { refused, end }, outcome }: UnderWay): Promise<void> => {
    const { imported, repeated, failures } = await outcome
    const all = [...refused, ...failures].sort((a, b) => a.line - b.line)
    progress = {
      end,
      imported: progress.imported + imported,
      repeated: progress.repeated + repeated,
      failed: progress.failed + all.length,
    }
    await journal.record(progress, all)
    show(progress)
  }

  const underWay: UnderWay[] = []
  const limits = { items: batch, bytes: 900_000 }
  try {
    for await (const next of readBatches(file, progress.end, limits)) {
      const outcome = client.importLines(next.items)
      // Looked at when its turn comes; until then its failure must not count as unhandled.
      outcome.catch(() => undefined)
      underWay.push({ batch: next, outcome })
      const first = underWay.length >= parallel ? underWay.shift() : undefined
      if (first) await settle(first)
    }
    for (const left of underWay) await settle(left)
  } finally {
    // Behind the line of the progress.
    process.stderr.write('\n')
  }
  await journal.finish()
  const { imported, repeated, failed } = progress
  process.stdout.write(`Imported: ${imported}. There before: ${repeated}. Failed: ${failed}.\n`)
  if (failed > 0) process.stdout.write(`Why: ${report}\n`)
  return failed > 0 ? 1 : 0
}

interface UnderWay {
  batch: Batch
  outcome: Promise<Outcome>
}

function readCommandLine() {
  return readOptions(() => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        tenant: { type: 'string' },
        url: { type: 'string', default: 'http://127.0.0.1:8787' },
        client: { type: 'string' },
        report: { type: 'string' },
        batch: { type: 'string', default: String(itemsMax) },
        parallel: { type: 'string', default: '4' },
      },
    })
    const [file, ...more] = positionals
    const { tenant, url, client = `${tenant}-admin` } = values
    if (file === undefined || more.length > 0) throw new UsageError('One file is needed.')
    if (tenant === undefined) throw new UsageError('--tenant is needed.')
    if (!URL.canParse(url)) throw new UsageError('--url is no URL.')
    const clientSecret = process.env['PATRON_CLIENT_SECRET']
    if (!clientSecret) throw new UsageError('PATRON_CLIENT_SECRET is needed.')
    const service: Service = { url: url.replace(/\/+$/, ''), tenant, clientId: client, clientSecret }
    const [batch, parallel] = [within(values.batch, itemsMax), within(values.parallel, 32)]
    return { file, report: values.report ?? `${file}.report.jsonl`, batch, parallel, service }
  })
}

function within(text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new UsageError(`A number from 1 to ${most} is needed, not ${text}.`)
}

/** One line that is written over where there is a terminal; elsewhere a line now and then. */
function progressLine(size: number, { end, imported }: Progress) {
  const startedAt = Date.now()
  const everyMs = process.stderr.isTTY ? showEveryMs : 10_000
  let shownAt = 0
  return (now: Progress): void => {
    if (Date.now() - shownAt < everyMs && now.end.offset < size) return
    shownAt = Date.now()
    const share = size === 0 ? 1 : now.end.offset / size
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000)
    const bytesPerSecond = (now.end.offset - end.offset) / seconds
    const left = bytesPerSecond > 0 ? Math.round((size - now.end.offset) / bytesPerSecond) : 0
    const bar = '#'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '.')
    const rate = Math.round((now.imported - imported) / seconds)
    const text = `[${bar}] ${Math.floor(share * 100)} %  ${now.imported} imported, ${now.failed} failed, ${rate}/s, ${left} s left`
    process.stderr.write(process.stderr.isTTY ? `\r${text}\u001b[K` : `${text}\n`)
  }
}
