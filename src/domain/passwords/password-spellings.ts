/**
 * How bcrypt, scrypt, PBKDF2 and argon2 hashes are written: PHC strings, and the forms of common frameworks.
 * A spelling says what a text claims to be; whether that is supported and affordable is for `stored-password.ts` to say.
 * Nothing is guessed: a text that can mean two things, such as a salt of unknown encoding, is refused.
 */
import {
  decodeBase64,
  decodeBcryptBase64,
  decodeHex,
  decodeHexOrBase64,
  encodeUtf8,
  type Bytes,
} from '../base/binary-text.ts'
import { readPhc, type ClaimedHash } from './stored-password.ts'
import type { ViolationType } from '../base/result.ts'

export type Context = ReadonlyMap<string, string>

/** `field` is `hash`, or `context.` and a name. */
interface Refusal {
  problem: { field: string; type: ViolationType; message: string }
}

/** Undefined: the text is spelled in another way. */
export type Reading = ClaimedHash | Refusal | undefined
export type Spelling = (hash: string, context: Context) => Reading

/** `$2a$`, `$2b$` and `$2y$`, bare or behind the names that Django and Spring put in front. */
export function bcrypt(text: string): Reading {
  const [, prefix = '', variant, cost, salt = '', hash = ''] =
    /^(bcrypt\$|bcrypt_sha256\$|\{bcrypt\})?\$2([abxy])\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(
      text,
    ) ?? []
  if (variant === 'x') return refuse('hash', '$2x$ marks hashes of a bcrypt that mixed characters up.')
  const [saltBytes, hashBytes] = [decodeBcryptBase64(salt), decodeBcryptBase64(hash)]
  if (cost === undefined || !saltBytes || !hashBytes) return undefined
  const algorithm = prefix === 'bcrypt_sha256$' ? 'bcrypt-sha256' : 'bcrypt'
  return { algorithm, cost: { c: Number(cost) }, salt: saltBytes, hash: hashBytes }
}

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, also behind Django's name; without a version it is 16. */
export function phcArgon2(text: string): Reading {
  const phc = readPhc(text.replace(/^argon2(?=\$)/, ''))
  return phc?.algorithm.startsWith('argon2') ? { ...phc, cost: { v: 16, ...phc.cost } } : undefined
}

/** `$scrypt$ln=…,r=…,p=…$salt$hash`. */
export function phcScrypt(text: string): Reading {
  const phc = readPhc(text)
  return phc?.algorithm === 'scrypt' ? phc : undefined
}

/** Werkzeug: `scrypt:N:r:p$salt$hash`, the salt as text, the hash hexadecimal. */
export function werkzeugScrypt(text: string): Reading {
  const [, n, r, p, salt = '', hash = ''] = /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  return scrypt(n, r, p, encodeUtf8(salt), decodeHex(hash))
}

/** Django: `scrypt$N$salt$r$p$hash`, the salt as text, the hash base64. */
export function djangoScrypt(text: string): Reading {
  const [, n, salt = '', r, p, hash = ''] = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/.exec(text) ?? []
  return scrypt(n, r, p, encodeUtf8(salt), decodeBase64(hash))
}

/** Only the hash; everything else is in the context. */
export function bareScrypt(text: string, context: Context): Reading {
  const hash = decodeHexOrBase64(text)
  if (!hash) return undefined
  const given = take(context, 'cost', 'blockSize', 'parallelization')
  if ('problem' in given) return given
  const salt = saltOf(context)
  return 'problem' in salt ? salt : scrypt(given.cost, given.blockSize, given.parallelization, salt, hash)
}

export function scrypt(
  n: string | undefined,
  r: string | undefined,
  p: string | undefined,
  salt: Bytes,
  hash: Bytes | undefined,
): Reading {
  if (n === undefined || r === undefined || p === undefined || !hash) return undefined
  return { algorithm: 'scrypt', cost: { ln: Math.log2(whole(n)), r: whole(r), p: whole(p) }, salt, hash }
}

/** `$pbkdf2-sha256$i=…,l=…$salt$hash`. */
export function phcPbkdf2(text: string): Reading {
  const phc = readPhc(text)
  const [, digest] = /^pbkdf2-(\w+)$/.exec(phc?.algorithm ?? '') ?? []
  if (!phc || digest === undefined || phc.cost.i === undefined) return undefined
  const { l, i, ...others } = phc.cost
  const read = pbkdf2(digest, String(i), phc.salt, phc.hash)
  return { ...read, cost: { ...others, ...read.cost } }
}

/** passlib: `$pbkdf2-sha256$iterations$salt$hash`; without a digest it is SHA-1. */
export function passlibPbkdf2(text: string): Reading {
  const [, digest = 'sha1', iterations, salt = '', hash = ''] =
    /^\$pbkdf2(?:-(\w+))?\$(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  return iterations === undefined
    ? undefined
    : encodedPbkdf2(digest, iterations, decodeBase64(salt), decodeBase64(hash))
}

/** Django: `pbkdf2_sha256$iterations$salt$hash`, the salt as text, the hash base64. */
export function djangoPbkdf2(text: string): Reading {
  const [, digest, iterations = '', salt = '', hash = ''] =
    /^pbkdf2_(\w+)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  return digest === undefined
    ? undefined
    : encodedPbkdf2(digest, iterations, encodeUtf8(salt), decodeBase64(hash))
}

/** Werkzeug: `pbkdf2:sha256:iterations$salt$hash`, the salt as text, the hash hexadecimal. */
export function werkzeugPbkdf2(text: string): Reading {
  const [, digest, iterations = '', salt = '', hash = ''] =
    /^pbkdf2:(\w+):(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  return digest === undefined
    ? undefined
    : encodedPbkdf2(digest, iterations, encodeUtf8(salt), decodeHex(hash))
}

/** Only the hash; everything else is in the context. */
export function barePbkdf2(text: string, context: Context): Reading {
  const hash = decodeHexOrBase64(text)
  if (!hash) return undefined
  const given = take(context, 'iterations', 'digest')
  if ('problem' in given) return given
  const salt = saltOf(context)
  return 'problem' in salt ? salt : pbkdf2(given.digest, given.iterations, salt, hash)
}

function encodedPbkdf2(
  digest: string,
  iterations: string,
  salt: Bytes | undefined,
  hash: Bytes | undefined,
): Reading {
  return salt && hash && pbkdf2(digest, iterations, salt, hash)
}

const digestBytes: ReadonlyMap<string, number> = new Map([
  ['sha1', 20],
  ['sha256', 32],
  ['sha512', 64],
])

/** Of a hash of several blocks, which are independent of each other, only the first is kept: the others cost as much again. */
export function pbkdf2(digestName: string, iterations: string, salt: Bytes, hash: Bytes): ClaimedHash {
  const digest = digestName.toLowerCase().replace('-', '')
  return {
    algorithm: `pbkdf2-${digest}`,
    cost: { i: whole(iterations) },
    salt,
    hash: hash.slice(0, digestBytes.get(digest)),
  }
}

/** What the sources call the same thing. */
const otherNames: Record<string, readonly string[]> = {
  signerKey: ['base64_signer_key'],
  saltSeparator: ['base64_salt_separator'],
  memCost: ['mem_cost'],
  cost: ['N'],
  blockSize: ['r'],
  parallelization: ['p'],
}

export function take<N extends string>(context: Context, ...names: N[]): Record<N, string> | Refusal {
  const taken = new Map<string, string>()
  for (const name of names) {
    const value = [name, ...(otherNames[name] ?? [])].map((key) => context.get(key)).find((found) => found)
    if (value === undefined) return refuse(`context.${name}`, 'The value is needed for this hash.', 'missing')
    taken.set(name, value)
  }
  return Object.fromEntries(taken) as Record<N, string>
}

function saltOf(context: Context): Bytes | Refusal {
  const given = take(context, 'salt', 'saltEncoding')
  if ('problem' in given) return given
  return (
    decode(given.salt, given.saltEncoding) ??
    refuse('context.saltEncoding', 'The salt must be encoded as utf8, hex or base64, and this must say how.')
  )
}

export function decode(text: string, encoding: string): Bytes | undefined {
  if (encoding === 'utf8') return encodeUtf8(text)
  if (encoding === 'hex') return decodeHex(text)
  return encoding === 'base64' ? decodeBase64(text) : undefined
}

/** Not a number for anything but decimal digits. */
export function whole(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

export function refuse(field: string, message: string, type: ViolationType = 'invalid'): Refusal {
  return { problem: { field, type, message } }
}
