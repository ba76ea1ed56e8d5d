/**
 * What an import has done so far, beside its file: the state, which says where the next run goes on, and the report of what
 * failed. The state is written last and as a whole, so a run that dies leaves at most rows behind it in the report, and the
 * next one takes those back.
 */
import { createHash } from 'node:crypto'
import { appendFile, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import type { Batch, Failure } from './import-batches.ts'
import { Refused } from '../command-line.ts'

export interface Progress {
  end: Batch['end']
  imported: number
  repeated: number
  failed: number
}

interface State extends Progress {
  /** Of the beginning of the file, so that no other is taken for it. */
  fingerprint: string
  reportBytes: number
}

export class OtherFile extends Refused {}

export interface Journal {
  progress: Progress
  record(progress: Progress, failures: readonly Failure[]): Promise<void>
  /** The next run begins anew. */
  finish(): Promise<void>
}

export async function openJournal(file: string, report: string): Promise<Journal> {
  const stateFile = `${file}.import-state.json`
  const fingerprint = await fingerprintOf(file)
  const stored = await readFile(stateFile, 'utf8').catch(() => undefined)
  let state: State = {
    ...{ fingerprint, end: { offset: 0, line: 0 }, imported: 0, repeated: 0, failed: 0 },
    reportBytes: 0,
  }
  if (stored !== undefined) state = JSON.parse(stored) as State
  if (state.fingerprint !== fingerprint || state.end.offset > (await stat(file)).size) {
    throw new OtherFile(`${stateFile} tells of another file. Remove it to begin anew.`)
  }
  await appendFile(report, '')
  await truncate(report, state.reportBytes)
  return {
    progress: state,
    async record(progress, failures) {
      const rows = failures.map((failure) => `${JSON.stringify(failure)}\n`).join('')
      await appendFile(report, rows)
      state = { ...progress, fingerprint, reportBytes: state.reportBytes + Buffer.byteLength(rows) }
      await writeFile(`${stateFile}.new`, JSON.stringify(state))
      await rename(`${stateFile}.new`, stateFile)
    },
    finish: () => rm(stateFile, { force: true }),
  }
}

async function fingerprintOf(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    const firstLine = buffer.subarray(0, bytesRead).indexOf(10)
    return createHash('sha256')
      .update(buffer.subarray(0, firstLine < 0 ? bytesRead : firstLine))
      .digest('hex')
  } finally {
    await handle.close()
  }
}
