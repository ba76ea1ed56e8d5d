/**
 * Password hashes: argon2id with OWASP's parameters, stored as PHC strings, compared in constant time.
 * A missing, foreign or too expensive hash costs as much time as a good one and never matches. Expects passwords that
 * are normalised and bounded already; says nothing about which passwords are allowed.
 */
import type { PasswordHasher } from '../../flows/ports.ts'
import { argon2id, type Argon2Cost } from './argon2.ts'

/** OWASP Password Storage Cheat Sheet, the row for 19 MiB. */
const cost: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const saltBytes = 16
const hashBytes = 32

/** What an imported hash may ask for at most: about 64 MiB and half a second. */
const costMax: Argon2Cost = { memoryKib: 65_536, passes: 10, lanes: 4 }

/** `derive` computes Argon2id; tests watch how often and how expensively it is called. */
export function passwordHasher(derive: typeof argon2id = argon2id): PasswordHasher {
  return {
    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(saltBytes))
      return format(salt, derive(encode(password), salt, cost, hashBytes))
    },
    async verify(hash, password) {
      const parsed = hash === undefined ? undefined : parse(hash)
      if (!parsed) {
        derive(encode(password), new Uint8Array(saltBytes), cost, hashBytes)
        return false
      }
      const actual = derive(encode(password), parsed.salt, parsed.cost, parsed.hash.byteLength)
      return crypto.subtle.timingSafeEqual(actual, parsed.hash)
    },
    isOutdated(hash) {
      const parsed = parse(hash)
      return (
        !parsed ||
        parsed.cost.memoryKib < cost.memoryKib ||
        parsed.cost.passes < cost.passes ||
        parsed.salt.byteLength < saltBytes ||
        parsed.hash.byteLength < hashBytes
      )
    },
  }
}

interface PhcHash {
  cost: Argon2Cost
  salt: Uint8Array<ArrayBuffer>
  hash: Uint8Array<ArrayBuffer>
}

const phc =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,5}),t=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Undefined for everything that is not argon2id, version 19, of 8 to 64 bytes of salt, within `costMax`. */
function parse(text: string): PhcHash | undefined {
  const [, memory, passes, lanes, salt, hash] = phc.exec(text) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const asked: Argon2Cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  const tooExpensive =
    asked.memoryKib > costMax.memoryKib || asked.passes > costMax.passes || asked.lanes > costMax.lanes
  if (tooExpensive || asked.memoryKib < 8 * asked.lanes) return undefined
  const [saltDecoded, hashDecoded] = [decode(salt), decode(hash)]
  return saltDecoded && hashDecoded && { cost: asked, salt: saltDecoded, hash: hashDecoded }
}

function format(salt: Uint8Array, hash: Uint8Array): string {
  const { memoryKib, passes, lanes } = cost
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Base64 without padding, as PHC strings want it. */
function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
