/**
 * A file of one JSON object a line, however large, as batches that one request takes: cut at the line ends, so that each
 * batch begins where the one before has ended. Lines that are no item of an import are told apart here.
 */
import { createReadStream } from 'node:fs'
import { isJsonObject, parseJson } from '../../domain/base/json.ts'

/** The service takes this many at once, in a body of this size. */
export const itemsMax = 200
const bytesMax = 900_000

export interface Batch {
  items: Line[]
  /** Lines that cannot be sent. */
  refused: Failure[]
  /** Where the next batch begins: a byte of the file, and the lines before it. */
  end: { offset: number; line: number }
}

export interface Line {
  line: number
  text: string
}

/** A row of the report. */
export interface Failure {
  line: number
  message: string
  code?: number
  details?: { message: string }[]
}

export async function* readBatches(
  file: string,
  from: Batch['end'],
  limits = { items: itemsMax, bytes: bytesMax },
): AsyncGenerator<Batch> {
  let batch: Batch = { items: [], refused: [], end: from }
  let bytes = 0
  for await (const { text, size } of readLines(file, from.offset, limits.bytes)) {
    const { offset, line: before } = batch.end
    const end = { offset: offset + size, line: before + 1 }
    const problem = problemOf(text)
    const full = batch.items.length >= limits.items || bytes + size > limits.bytes
    if (problem === undefined && full && batch.items.length > 0) {
      yield batch
      batch = { items: [], refused: [], end: batch.end }
      bytes = 0
    }
    batch.end = end
    if (problem !== undefined) batch.refused.push({ line: end.line, message: problem })
    else if (text?.trim()) {
      batch.items.push({ line: end.line, text })
      bytes += size
    }
  }
  if (batch.end.offset > from.offset) yield batch
}

/** Undefined for what can be sent, and for an empty line. */
function problemOf(text: string | undefined): string | undefined {
  if (text === undefined) return 'The line is longer than a request may be.'
  if (text.trim() === '') return undefined
  const value = parseJson(text)
  if (value === undefined) return 'The line is not valid JSON.'
  return isJsonObject(value) ? undefined : 'The line is no JSON object.'
}

/** Lines with their bytes, the line end among them; without text when there is too much of it. */
async function* readLines(
  file: string,
  start: number,
  sizeMax: number,
): AsyncGenerator<{ text: string | undefined; size: number }> {
  let parts: Buffer[] = []
  let size = 0
  const add = (part: Buffer): void => {
    size += part.byteLength
    if (size <= sizeMax) parts.push(part)
    else parts = []
  }
  const take = () => {
    const line = { text: size <= sizeMax ? Buffer.concat(parts).toString('utf8') : undefined, size }
    parts = []
    size = 0
    return line
  }
  for await (const chunk of createReadStream(file, {
    start,
    highWaterMark: 256 * 1024,
  }) as AsyncIterable<Buffer>) {
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      add(rest.subarray(0, end + 1))
      yield take()
      rest = rest.subarray(end + 1)
    }
    if (rest.byteLength > 0) add(rest)
  }
  if (size > 0) yield take()
}
