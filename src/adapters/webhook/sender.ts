/**
 * The way of an event to its receiver: one POST to a public https address (in development also to this machine), bounded
 * in time, without redirects. Of the answer only the status counts; its body is never read and never shown.
 */
import { encodeBase64 } from '../../domain/base/binary-text.ts'
import type { WebhookOutcome, WebhookSecrets, WebhookSender } from '../../flows/ports/index.ts'
import type { Fetch } from '../fetch/fetch-text.ts'
import { parseOutboundUrl } from '../fetch/outbound-url.ts'
import { secretPrefix, signedHeaders } from './signature.ts'

/** Shorter than a consumer's lease. */
const defaultTimeoutMilliseconds = 15_000

export interface SenderOptions {
  fetch: Fetch
  development: boolean
  timeoutMilliseconds?: number
}

export function webhookSender({ fetch, development, ...options }: SenderOptions): WebhookSender {
  const { timeoutMilliseconds = defaultTimeoutMilliseconds } = options
  const addressOf = (url: string) => parseOutboundUrl(url, { hosts: ['*'], development })

  return {
    accepts: (url) => addressOf(url) !== undefined,

    async send(request) {
      const address = addressOf(request.url)
      if (!address) return { kind: 'failed', reason: 'The address is not public.' }
      const headers = {
        'Content-Type': request.contentType,
        'User-Agent': 'Patron-Webhooks/1.0',
        ...(await signedHeaders(request)),
      }
      const signal = AbortSignal.timeout(timeoutMilliseconds)
      const init: RequestInit = { method: 'POST', headers, body: request.body, redirect: 'manual', signal }
      try {
        const response = await fetch(address.href, init)
        await response.body?.cancel()
        return outcomeOf(response)
      } catch {
        return { kind: 'failed', reason: signal.aborted ? 'No answer in time.' : 'No connection.' }
      }
    },
  }
}

function outcomeOf({ status, headers }: Response): WebhookOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status }
  const reason = status >= 300 && status < 400 ? 'Redirects are not followed.' : `The answer was ${status}.`
  if (status === 410) return { kind: 'gone', status, reason }
  const afterSeconds = Number(headers.get('Retry-After') ?? Number.NaN)
  return { kind: 'failed', status, reason, ...(afterSeconds > 0 && { afterSeconds }) }
}

/** Derived by a keyed hash, so that nothing is stored that could be stolen. */
export function webhookSecrets(derive: (label: string, text: string) => Promise<Uint8Array>): WebhookSecrets {
  return {
    async secretOf({ tenant, id }, number) {
      return secretPrefix + encodeBase64(await derive('webhook-secret', `${tenant}|${id}|${number}`))
    },
  }
}
