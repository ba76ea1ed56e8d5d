/**
 * What a receiver can check an event by: the headers of Standard Webhooks 1.0 (id, time, one signature for each secret that
 * is good), and for Emporix's format that API's own header, an HMAC over the body, which has its keys in order at every level.
 */
import { decodeBase64, encodeBase64, encodeUtf8 } from '../../domain/base/binary-text.ts'
import type { WebhookRequest } from '../../flows/ports/index.ts'

export async function signedHeaders(request: WebhookRequest): Promise<Record<string, string>> {
  const { id, body, timestamp, secrets, format } = request
  const keys = secrets.filter((secret) => secret !== undefined)
  const signed = `${id}.${timestamp}.${body}`
  const signatures = await Promise.all(keys.map(async (secret) => `v1,${await hmac(keyOf(secret), signed)}`))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
    // One signature has room for one secret: the present one.
    ...(format === 'emporix' && { 'emporix-event-signature': await hmac(encodeUtf8(secrets[0]), body) }),
  }
}

/** The key is what stands in base64 behind the prefix of the standard. */
export const secretPrefix = 'whsec_'

function keyOf(secret: string): BufferSource {
  const key = decodeBase64(secret.slice(secretPrefix.length))
  if (!key) throw new TypeError('The secret of a webhook is not base64.')
  return key
}

async function hmac(key: BufferSource, text: string): Promise<string> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  return encodeBase64(new Uint8Array(await crypto.subtle.sign('HMAC', imported, encodeUtf8(text))))
}
