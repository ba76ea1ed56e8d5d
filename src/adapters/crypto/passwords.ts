/**
 * Password hashes: argon2id with OWASP's parameters, stored as PHC strings, compared in constant time.
 * A missing or unreadable hash costs as much time as a good one and never matches; a wrong guess at the hash of another
 * system costs that hash and as much on top. Expects passwords that are bounded already; says nothing about which are allowed.
 */
import { encodeUtf8, type Bytes } from '../../domain/base/binary-text.ts'
import { normalizePassword } from '../../domain/passwords/password-policy.ts'
import {
  formatStoredPassword,
  parseStoredPassword,
  type CostOf,
  type StoredPassword,
} from '../../domain/passwords/stored-password.ts'
import type { PasswordHasher } from '../../flows/ports/index.ts'
import { argon2, type Argon2Cost } from './argon2.ts'
import { foreignHashes } from './foreign-hash.ts'

/** OWASP Password Storage Cheat Sheet, the row for 19 MiB. */
const full: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const light: Argon2Cost = { memoryKib: 64, passes: 1, lanes: 1 }
const saltBytes = 16
const hashBytes = 32

/**
 * `light` hashes protect nothing, and configuration refuses them in production. `derive` computes Argon2; tests watch how
 * often and how expensively it is called.
 */
export function passwordHasher(
  derive: typeof argon2 = argon2,
  weight: 'full' | 'light' = 'full',
): PasswordHasher {
  const cost = weight === 'full' ? full : light
  const own = (password: string, salt: Bytes) =>
    derive(encodeUtf8(normalizePassword(password)), salt, cost, hashBytes)

  const matches = async (stored: StoredPassword, typed: string): Promise<boolean> =>
    (await foreignHashes(stored, typed, derive)).some((hash) =>
      crypto.subtle.timingSafeEqual(hash, stored.hash),
    )

  return {
    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(saltBytes))
      const { memoryKib: m, passes: t, lanes: p } = cost
      return formatStoredPassword({
        origin: 'own',
        algorithm: 'argon2id',
        cost: { v: 19, m, t, p },
        salt,
        hash: own(password, salt),
      })
    },
    async verify(hash, password) {
      const stored = hash === undefined ? undefined : parseStoredPassword(hash)
      const normal = normalizePassword(password)
      if (stored?.origin === 'own') return matches(stored, normal)
      // Most other systems hash what is typed, some its normal form; which one did is not known.
      if (
        stored &&
        ((await matches(stored, password)) || (normal !== password && (await matches(stored, normal))))
      )
        return true
      own(password, new Uint8Array(saltBytes))
      return false
    },
    isOutdated(hash) {
      const stored = parseStoredPassword(hash)
      return (
        stored?.origin !== 'own' ||
        stored.algorithm !== 'argon2id' ||
        isWeaker(stored.cost, cost) ||
        stored.salt.byteLength < saltBytes ||
        stored.hash.byteLength < hashBytes
      )
    },
  }
}

function isWeaker({ v, m, t }: CostOf<'argon2id'>, { memoryKib, passes }: Argon2Cost): boolean {
  return v < 19 || m < memoryKib || t < passes
}
