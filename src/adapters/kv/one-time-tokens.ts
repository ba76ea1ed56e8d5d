/**
 * One-time tokens in KV, key family `token:{SHA-256 of the secret}`: finding one is all that KV is for, spending it is
 * decided by the customer's own state. Neither the secret nor an e-mail address is stored; the secret is derived from
 * the token's id, so a mail that is sent twice carries the same link.
 */
import { z } from 'zod'
import { encodeBase64Url, encodeHex, encodeUtf8 } from '../../domain/base/binary-text.ts'
import { parseJson } from '../../domain/base/json.ts'
import { Outage } from '../../domain/base/outage.ts'
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import type { Clock, OneTimeTokens } from '../../flows/ports/index.ts'

/** KV refuses to keep anything for a shorter time. */
const lifetimeSecondsMin = 60
/** So long after its end a token is still known, so that its owner can be told that it is too late. */
const rememberedSeconds = 86_400
/** 32 bytes in base64url. */
const secretShape = /^[A-Za-z0-9_-]{43}$/

const stored: z.ZodType<OneTimeToken> = z.object({
  id: z.string().min(1),
  purpose: z.enum([
    'opt_in',
    'password_reset',
    'email_change',
    'email_confirmation',
    'account_confirmation',
    'email_undo',
    'disowning',
    'email_verification',
    'deletion',
  ]),
  tenant: z.string().min(1),
  customerId: z.string().min(1),
  credentialsRevision: z.number().int(),
  accountId: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  handedOut: z.literal(true).exactOptional(),
  recovery: z.literal(true).exactOptional(),
  resent: z.literal(true).exactOptional(),
})

/** `derive` is a keyed hash: 32 bytes that cannot be computed from the label and the text without the key. */
export function oneTimeTokens(
  tokens: KVNamespace,
  derive: (label: string, text: string) => Promise<Uint8Array>,
  clock: Clock,
): OneTimeTokens {
  return {
    async publish(token) {
      const { id, purpose, tenant, customerId, credentialsRevision, accountId } = token
      const { issuedAt, expiresAt, handedOut, recovery, resent } = token
      const secret = encodeBase64Url(await derive('one-time-token', `${purpose}|${tenant}|${id}`))
      const remaining = Math.ceil((expiresAt - clock.now()) / 1000) + rememberedSeconds
      const reference = { id, purpose, tenant, customerId, credentialsRevision, accountId }
      const value: OneTimeToken = {
        ...{ ...reference, issuedAt, expiresAt },
        ...(handedOut && { handedOut }),
        ...(recovery && { recovery }),
        ...(resent && { resent }),
      }
      const expirationTtl = Math.max(lifetimeSecondsMin, remaining)
      await answered(tokens.put(await keyOf(secret), JSON.stringify(value), { expirationTtl }))
      return secret
    },
    async find(secret) {
      if (!secretShape.test(secret)) return undefined
      const found = stored.safeParse(parseJson((await answered(tokens.get(await keyOf(secret)))) ?? ''))
      return found.success ? found.data : undefined
    },
  }
}

/** KV says with a status of HTTP what it cannot do; a request that it refuses (400, 413) is a fault of ours. */
async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) }
    throw /^KV \w+ failed: 4(?!29)/.test(message) ? error : new Outage(message)
  }
}

async function keyOf(secret: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(secret)))
  return `token:${encodeHex(digest)}`
}
