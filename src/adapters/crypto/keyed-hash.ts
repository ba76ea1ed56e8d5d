/**
 * Keyed hashes (HMAC-SHA-256) under keys of their own for each label, all derived from the one configured secret by
 * HKDF. A label is one use: what was made under one is never valid under another. The secret itself signs nothing.
 */

export interface KeyedHash {
  /** 32 bytes that only a holder of the secret can compute. */
  derive(label: string, text: string): Promise<Uint8Array<ArrayBuffer>>
  /** Whether `mac` is what `derive` makes of the text; takes the same time for every wrong one of 32 bytes. */
  matches(label: string, text: string, mac: Uint8Array<ArrayBuffer>): Promise<boolean>
}

/** Create once per isolate: derived keys are remembered in here. Labels are constants, never input. */
export function keyedHash(secret: string): KeyedHash {
  const keys = new Map<string, CryptoKey>()
  // Keys are remembered, not promises: a promise belongs to the request that started it.
  const keyFor = async (label: string): Promise<CryptoKey> => {
    const known = keys.get(label)
    if (known) return known
    const key = await deriveKey(secret, label)
    keys.set(label, key)
    return key
  }
  return {
    async derive(label, text) {
      return new Uint8Array(await crypto.subtle.sign('HMAC', await keyFor(label), encode(text)))
    },
    async matches(label, text, mac) {
      return crypto.subtle.verify('HMAC', await keyFor(label), mac, encode(text))
    },
  }
}

async function deriveKey(secret: string, label: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(label) },
    root,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}

function encode(text: string) {
  return new TextEncoder().encode(text)
}
