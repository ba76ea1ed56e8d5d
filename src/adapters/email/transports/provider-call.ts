/**
 * One call to the HTTP API of a mail provider, and what its status says where the provider's own code says nothing more.
 * Follows no redirect, so that credentials and links stay with the provider. Network failures are exceptions.
 */
import { isJsonObject, parseJson } from '../../../domain/base/json.ts'
import type { SendOutcome } from '../../../flows/ports/index.ts'

/** For the whole call; shorter than a consumer's lease. */
const timeoutMilliseconds = 20_000

export interface ProviderAnswer {
  status: number
  headers: Headers
  /** Empty when the answer was no JSON object. */
  body: Record<string, unknown>
}

export async function callProvider(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<ProviderAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMilliseconds),
  })
  return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
}

/** Refused credentials, senders and quotas are the operator's to repair: only a refused content is final. */
export function outcomeByStatus({ status, headers }: ProviderAnswer, reason: string): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  if ([400, 413, 415, 422].includes(status)) return { kind: 'permanent', reason }
  const afterSeconds = Number(headers.get('Retry-After') ?? Number.NaN)
  return { kind: 'retry', reason, ...(afterSeconds > 0 ? { afterSeconds } : {}) }
}

/** `text(body, 'name')`: a member that should be a text. */
export function text(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

function parsed(answer: string): Record<string, unknown> {
  const value = parseJson(answer)
  return isJsonObject(value) ? value : {}
}
