/**
 * Computes what a password comes to under the algorithm, cost and salt of a stored hash, as the system that made it did.
 * Also those of others, bcrypt with its 72 bytes included: the log-in hashes the whole password anew. Expects a hash that
 * `domain/passwords/stored-password.ts` let pass, and so a bounded cost; compares nothing.
 */
import { sha1 } from '@noble/hashes/legacy.js'
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import bcrypt from 'bcryptjs'
import {
  decodeBcryptBase64,
  encodeBcryptBase64,
  encodeHex,
  encodeUtf8,
  type Bytes,
} from '../../domain/base/binary-text.ts'
import type { PasswordHash } from '../../domain/passwords/stored-password.ts'
import type { argon2 } from './argon2.ts'
import { scrypt } from './scrypt.ts'

/** WebCrypto refuses more in production, though not in development. */
const webCryptoIterationsMax = 100_000

const digests = {
  'pbkdf2-sha1': { webCrypto: 'SHA-1', portable: sha1 },
  'pbkdf2-sha256': { webCrypto: 'SHA-256', portable: sha256 },
  'pbkdf2-sha512': { webCrypto: 'SHA-512', portable: sha512 },
}

type SapHash = Extract<PasswordHash, { algorithm: 'sap-sha512' }>

/** Each as long as the stored hash; more than one where an export does not tell in which order its parts were hashed. */
export async function foreignHashes(
  stored: PasswordHash,
  typed: string,
  deriveArgon2: typeof argon2,
): Promise<Bytes[]> {
  return stored.algorithm === 'sap-sha512'
    ? Promise.all(sapTexts(stored, typed).map((text) => sha512Hash(encodeUtf8(text))))
    : [await foreignHash(stored, typed, deriveArgon2)]
}

/** User id first, as the algorithm is named, and last, as the platform's own encoder has it. */
function sapTexts({ salt }: SapHash, password: string): string[] {
  const [userId = '', shopSalt = ''] = new TextDecoder().decode(salt).split('\0')
  const salted = shopSalt === '' ? [password] : [shopSalt, password]
  return [
    [userId, ...salted],
    [...salted, userId],
  ].map((parts) => parts.join('::'))
}

async function foreignHash(
  stored: Exclude<PasswordHash, SapHash>,
  typed: string,
  deriveArgon2: typeof argon2,
): Promise<Bytes> {
  const { salt, hash } = stored
  const password = encodeUtf8(typed)
  switch (stored.algorithm) {
    case 'argon2d':
    case 'argon2i':
    case 'argon2id': {
      const { v, m, t, p } = stored.cost
      const variant = { type: stored.algorithm, version: v === 16 ? 16 : 19 } as const
      return deriveArgon2(password, salt, { memoryKib: m, passes: t, lanes: p }, hash.byteLength, variant)
    }
    case 'bcrypt':
      return bcryptHash(typed, salt, stored.cost.c)
    case 'bcrypt-sha256':
      return bcryptHash(encodeHex(sha256(password)), salt, stored.cost.c)
    case 'pbkdf2-sha1':
    case 'pbkdf2-sha256':
    case 'pbkdf2-sha512':
      return pbkdf2Hash(stored.algorithm, password, salt, stored.cost.i, hash.byteLength)
    case 'scrypt':
      return scrypt(password, salt, stored.cost, hash.byteLength)
    case 'firebase-scrypt':
      return keyStream(scrypt(password, salt, stored.cost, 32), hash.byteLength)
    case 'sha512':
      return sha512Hash(Uint8Array.of(...salt, ...password))
  }
}

async function sha512Hash(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', bytes))
}

function bcryptHash(password: string, salt: Bytes, cost: number): Bytes {
  const settings = `$2b$${String(cost).padStart(2, '0')}$${encodeBcryptBase64(salt)}`
  return decodeBcryptBase64(bcrypt.hashSync(password, settings).slice(settings.length)) ?? new Uint8Array()
}

/** Beyond `iterationsMax` in JavaScript. */
export async function pbkdf2Hash(
  algorithm: keyof typeof digests,
  password: Bytes,
  salt: Bytes,
  iterations: number,
  hashBytes: number,
  iterationsMax = webCryptoIterationsMax,
): Promise<Bytes> {
  const { webCrypto, portable } = digests[algorithm]
  if (iterations > iterationsMax) {
    return new Uint8Array(pbkdf2(portable, password, salt, { c: iterations, dkLen: hashBytes }))
  }
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: webCrypto, salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 8 * hashBytes))
}

/** AES-256-CTR from zero over zeros. */
async function keyStream(key: Bytes, bytes: number): Promise<Bytes> {
  const cipher = await crypto.subtle.importKey('raw', key, 'AES-CTR', false, ['encrypt'])
  const algorithm = { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, cipher, new Uint8Array(bytes)))
}
