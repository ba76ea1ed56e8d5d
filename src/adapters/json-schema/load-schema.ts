/**
 * Loads one JSON Schema, bounded in time, size and depth. What the other side answers is never repeated to a caller:
 * there is a schema or there is none.
 */
import type { Schema } from '@cfworker/json-schema'
import { isJsonObject, parseJson } from '../../domain/base/json.ts'
import { fetchText, type Fetch, type FetchLimits } from '../fetch/fetch-text.ts'

export interface LoadLimits extends FetchLimits {
  depthMax: number
}

export const defaultLoadLimits: LoadLimits = {
  timeoutMilliseconds: 2000,
  sizeMaxBytes: 256 * 1024,
  depthMax: 64,
}

const headers = { accept: 'application/schema+json, application/json' }

/** Undefined for whatever `fetchText` refuses, and for anything that is not a JSON object. */
export async function loadSchema(url: URL, fetch: Fetch, limits: LoadLimits): Promise<Schema | undefined> {
  const text = await fetchText(fetch, url.href, { headers }, limits)
  const parsed = text === undefined ? undefined : parseJson(text)
  return isJsonObject(parsed) && isShallow(parsed, limits.depthMax) ? parsed : undefined
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
