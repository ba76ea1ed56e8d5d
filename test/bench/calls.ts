/**
 * Calls to a served Worker, and tables of what they took: what the benchmark and the timing of answers share.
 */
import type { Platform } from './platform.ts'

export interface Call {
  method: 'GET' | 'PATCH' | 'POST'
  path: string
  token?: string
  body?: Record<string, unknown>
}

/** One call, which has to succeed. `headerBytes`: of the headers that the service adds by itself. */
export async function answered<Body>(
  { url }: Platform,
  { method, path, token, body }: Call,
): Promise<{ body: Body; headerBytes: number }> {
  const response = await fetch(url + path, {
    method,
    headers: headersOf(token, body),
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  const usual = new Set(['content-type', 'content-length', 'content-encoding', 'date'])
  const headerBytes = [...response.headers]
    .filter(([name]) => !usual.has(name))
    .reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  return { body: (text === '' ? undefined : JSON.parse(text)) as Body, headerBytes }
}

export function headersOf(token: string | undefined, body: unknown): Record<string, string> {
  return {
    'CF-Connecting-IP': '203.0.113.7',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  }
}

export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}
