/**
 * Loads one JSON Schema, bounded in time, size and depth. What the other side answers is never repeated to anybody:
 * there is a schema or there is none.
 */
import type { Schema } from '@cfworker/json-schema'

export interface LoadLimits {
  timeoutMilliseconds: number
  sizeMaxBytes: number
  depthMax: number
}

export const defaultLoadLimits: LoadLimits = {
  timeoutMilliseconds: 2000,
  sizeMaxBytes: 256 * 1024,
  depthMax: 64,
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Undefined for any redirect, error status, time-out, excess, and for anything that is not a JSON object. */
export async function loadSchema(url: URL, fetch: Fetch, limits: LoadLimits): Promise<Schema | undefined> {
  const signal = AbortSignal.timeout(limits.timeoutMilliseconds)
  try {
    return await Promise.race([download(url, fetch, limits, signal), rejectOn(signal)])
  } catch {
    return undefined
  }
}

async function download(url: URL, fetch: Fetch, { sizeMaxBytes, depthMax }: LoadLimits, signal: AbortSignal) {
  const response = await fetch(url.href, {
    redirect: 'manual',
    signal,
    headers: { accept: 'application/schema+json, application/json' },
  })
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel()
    return undefined
  }
  const text = await readText(response.body, sizeMaxBytes)
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text)
  return isObject(parsed) && isShallow(parsed, depthMax) ? (parsed as Schema) : undefined
}

/** Stops reading at the first byte too many, whatever the length in the header says. */
async function readText(body: ReadableStream<Uint8Array>, sizeMaxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let size = 0
  let text = ''
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > sizeMaxBytes) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function isShallow(value: object, depthMax: number): boolean {
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > depthMax) return false
    level = level.flatMap((inner) =>
      Object.values(inner).filter((child) => typeof child === 'object' && child),
    )
  }
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The schema took too long.')), { once: true })
  })
}
