/**
 * Fresh secrets: Ed25519 signing keys as JWK and the token secret, and the rotation of signing keys.
 * Makes them only; where they are kept is up to the caller.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { encodeBase64Url, encodeHex } from '../domain/base/binary-text.ts'

export interface SigningKey {
  kty: string
  crv: string
  alg: string
  use: string
  kid: string
  x: string
  d: string
}

const exportedKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
})

/** The key id is hexadecimal, so it can never look like one of the words that mark a key as a sample. */
export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x, d } = exportedKey.parse(privateKey.export({ format: 'jwk' }))
  return { kty, crv, alg: 'EdDSA', use: 'sig', kid: encodeHex(randomBytes(8)), x, d }
}

/** 256 bits, for TOKEN_SECRET and for the secrets of clients. */
export function newSecret(): string {
  return encodeBase64Url(randomBytes(32))
}

const keyText = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1),
  x: z.string().length(43),
  d: z.string().length(43),
})

const signingKeys = z.object({ current: keyText, next: keyText.optional(), previous: keyText.optional() })

export interface RotatedKeys {
  current: object
  next: object
  previous: object
}

/**
 * One step: `current` retires to `previous`, the published `next` starts to sign, a new `next` is published.
 * Throws when the text is not a SIGNING_KEYS value; the message does not repeat it.
 */
export function rotateSigningKeys(text: string): RotatedKeys {
  const parsed = signingKeys.safeParse(parseJson(text))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'value'}: ${message}`,
    )
    throw new TypeError(`not a SIGNING_KEYS value (${problems.join('; ')})`)
  }
  const { current, next } = parsed.data
  return { current: next ?? newSigningKey(), next: newSigningKey(), previous: current }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new TypeError('not a SIGNING_KEYS value (no JSON)')
  }
}
