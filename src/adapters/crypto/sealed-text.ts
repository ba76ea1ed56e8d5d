/**
 * Sealed values: JSON that every reader can read and only this service can make, `base64url(JSON).base64url(MAC)`.
 * The seal is checked before anything is parsed. A value sealed under one label does not open under another.
 */
import type { z } from 'zod'
import { decodeBase64, encodeBase64Url, encodeUtf8 } from '../../domain/base/binary-text.ts'
import type { KeyedHash } from './keyed-hash.ts'

const sealedLengthMax = 4096
const shape = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/

export async function seal(hash: KeyedHash, label: string, value: object): Promise<string> {
  const payload = encodeBase64Url(encodeUtf8(JSON.stringify(value)))
  return `${payload}.${encodeBase64Url(await hash.derive(label, payload))}`
}

/** Undefined for whatever was not sealed under this label or is not of this schema. */
export async function unseal<T>(
  hash: KeyedHash,
  label: string,
  schema: z.ZodType<T>,
  sealed: string,
): Promise<T | undefined> {
  const [, payload, seal] = sealed.length > sealedLengthMax ? [] : (shape.exec(sealed) ?? [])
  if (payload === undefined || seal === undefined) return undefined
  const mac = decodeBase64(seal)
  const content = decodeBase64(payload)
  if (!mac || !content) return undefined
  // The last letter of 32 bytes has two spare bits; only one spelling of a token is a token.
  if (encodeBase64Url(mac) !== seal || !(await hash.matches(label, payload, mac))) return undefined
  const value = schema.safeParse(JSON.parse(new TextDecoder().decode(content)))
  return value.success ? value.data : undefined
}
