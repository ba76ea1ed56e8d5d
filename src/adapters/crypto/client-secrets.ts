/**
 * Compares an OAuth client's secret with its stored hash, in constant time and for unknown clients too.
 * Secrets are random, so a plain SHA-256 is enough.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { encodeHex, encodeUtf8 } from '../../domain/base/binary-text.ts'
import type { ClientSecrets } from '../../flows/ports/index.ts'

/** Longer texts are no secrets of ours. */
const secretLengthMax = 512

export function clientSecrets(): ClientSecrets {
  return {
    async matches(secretHash, secret) {
      const presented = encodeUtf8(encodeHex(sha256(encodeUtf8(secret.slice(0, secretLengthMax)))))
      const stored = encodeUtf8(secretHash ?? '0'.repeat(64))
      const equal = stored.length === presented.length && crypto.subtle.timingSafeEqual(stored, presented)
      return equal && secretHash !== undefined && secret.length <= secretLengthMax
    },
  }
}
