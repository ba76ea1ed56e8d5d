/**
 * Identifiers from the platform's random source. Those that act as secrets (`tokenId`, `sessionKey`) have 192 bits;
 * decimal ids are uniform and never start with zero, so that they survive being read as numbers.
 */
import { encodeBase64Url, encodeHex } from '../../domain/base/binary-text.ts'
import type { Ids } from '../../flows/ports/index.ts'

export function randomIds(): Ids {
  return {
    customerId: (collisions) => decimal(8 + 2 * collisions),
    addressId: () => encodeHex(random(5)),
    companyId: () => encodeHex(random(12)),
    accountId: () => encodeHex(random(8)),
    tokenId: secret,
    sessionKey: secret,
    sessionId: () => crypto.randomUUID(),
    operationId: () => crypto.randomUUID(),
    resourceId: () => crypto.randomUUID(),
  }
}

function decimal(length: number): string {
  const first = 1 + below(9)
  return `${first}${Array.from({ length: length - 1 }, () => below(10)).join('')}`
}

/** Uniform in 0 … limit − 1: bytes beyond the last full multiple of `limit` are thrown away. */
function below(limit: number): number {
  for (;;) {
    const [byte = 255] = random(1)
    if (byte < 256 - (256 % limit)) return byte % limit
  }
}

function secret(): string {
  return encodeBase64Url(random(24))
}

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}
