/**
 * Password hashes as they are stored: PHC strings (`$algorithm$cost$salt$hash`), behind `$native` or `$legacy` when another
 * system made them. Owns the table of algorithms with what each may cost; nothing beyond it is ever computed.
 * Neither computes hashes nor knows how other systems spell them.
 */
import { decodeBase64, encodeBareBase64, type Bytes } from '../base/binary-text.ts'

type Range = readonly [min: number, max: number]

interface Limits {
  cost: Record<string, Range>
  saltBytes: Range
  hashBytes: Range
}

const salted: Range = [1, 512]

/** 64 MiB stay with the isolate, which has 128; ten passes over them take half a second. */
const argon2 = {
  cost: { v: [16, 19], m: [8, 65_536], t: [1, 10], p: [1, 16] },
  saltBytes: [8, 512],
  hashBytes: [16, 128],
} as const
const bcrypt = { cost: { c: [4, 15] }, saltBytes: [16, 16], hashBytes: [23, 23] } as const
/** Six bytes: the example in Emporix' document has no more. */
const pbkdf2HashBytesMin = 6

/**
 * Every algorithm, with the least and the greatest of each cost. The greatest take two to six seconds of a Worker's thirty:
 * a few million rounds of a hash in JavaScript are what PBKDF2 comes to beyond WebCrypto.
 */
const algorithms = {
  argon2id: argon2,
  argon2i: argon2,
  argon2d: argon2,
  bcrypt,
  /** bcrypt of the hexadecimal SHA-256 of the password. */
  'bcrypt-sha256': bcrypt,
  'pbkdf2-sha1': {
    cost: { i: [1, 2_000_000] },
    saltBytes: salted,
    hashBytes: [pbkdf2HashBytesMin, 20],
  },
  'pbkdf2-sha256': {
    cost: { i: [1, 2_000_000] },
    saltBytes: salted,
    hashBytes: [pbkdf2HashBytesMin, 32],
  },
  'pbkdf2-sha512': {
    cost: { i: [1, 1_000_000] },
    saltBytes: salted,
    hashBytes: [pbkdf2HashBytesMin, 64],
  },
  scrypt: { cost: { ln: [1, 18], r: [1, 32], p: [1, 10] }, saltBytes: salted, hashBytes: [16, 128] },
  /** The hash is the key stream that the derived key makes (AES-CTR), which is the same for every signer key. */
  'firebase-scrypt': {
    cost: { ln: [1, 18], r: [1, 32], p: [1, 1] },
    saltBytes: salted,
    hashBytes: [16, 128],
  },
  /** SHA-512 of salt and password, one after the other. */
  sha512: { cost: {}, saltBytes: [0, 4096], hashBytes: [64, 64] },
  /** SHA-512 of password, user id and, when there is one, the shop's salt; NUL parts the last two where they are kept. */
  'sap-sha512': { cost: {}, saltBytes: [2, 4096], hashBytes: [64, 64] },
} as const satisfies Record<string, Limits>

/** scrypt's table, 128·N·r bytes: with the largest argon2 beside it half of the isolate is left for everything else. */
const scryptMemoryMaxBytes = 32 * 1024 * 1024

export type PasswordAlgorithm = keyof typeof algorithms
export type CostOf<A extends PasswordAlgorithm> = {
  -readonly [P in keyof (typeof algorithms)[A]['cost']]: number
}

/** Of this service, of an Emporix export, or of any other system. */
export type PasswordOrigin = 'own' | 'native' | 'legacy'

/** One algorithm with its cost: the members are bound together. */
export type PasswordHash = {
  [A in PasswordAlgorithm]: { algorithm: A; cost: CostOf<A>; salt: Bytes; hash: Bytes }
}[PasswordAlgorithm]

export type StoredPassword = PasswordHash & { origin: PasswordOrigin }

/** A hash as another system describes it: nothing of it is checked. */
export interface ClaimedHash {
  algorithm: string
  cost: Record<string, number>
  salt: Bytes
  hash: Bytes
}

/** Why a claimed hash is not one that this service computes. */
export interface HashProblem {
  type: 'invalid' | 'out_of_range'
  message: string
}

/** Stored strings that begin so are those of other systems; any password that is set or rehashed replaces them. */
export const legacyPrefix = '$legacy$'

export function isLegacyPassword(stored: string): boolean {
  return stored.startsWith(legacyPrefix)
}

export function isAlgorithm(name: string): name is PasswordAlgorithm {
  return Object.hasOwn(algorithms, name)
}

const wordFor: Record<string, string> = {
  v: 'version',
  m: 'memory in KiB',
  t: 'number of passes',
  p: 'parallelism',
  c: 'cost',
  i: 'number of iterations',
  ln: 'logarithm of N to base 2',
  r: 'block size',
}

/** The first thing that is wrong with a hash, or undefined: then it may be computed. */
export function hashProblem({ algorithm, cost, salt, hash }: ClaimedHash): HashProblem | undefined {
  if (!isAlgorithm(algorithm)) return { type: 'invalid', message: `${algorithm} is not supported.` }
  const limits: Limits = algorithms[algorithm]
  const names = Object.keys(limits.cost)
  if (Object.keys(cost).some((name) => !names.includes(name))) {
    return { type: 'invalid', message: `${algorithm} has no other parameter than ${names.join(', ')}.` }
  }
  const measures: [what: string, value: number | undefined, range: Range | undefined][] = [
    ...names.map((name): (typeof measures)[0] => [wordFor[name] ?? name, cost[name], limits.cost[name]]),
    ['salt length in bytes', salt.byteLength, limits.saltBytes],
    ['hash length in bytes', hash.byteLength, limits.hashBytes],
  ]
  for (const [what, value, [min, max] = [0, 0]] of measures) {
    if (value === undefined || !Number.isInteger(value)) {
      return { type: 'invalid', message: `The ${what} of ${algorithm} must be a whole number.` }
    }
    if (value < min || value > max) {
      return { type: 'out_of_range', message: `The ${what} of ${algorithm} must be from ${min} to ${max}.` }
    }
  }
  return combinedProblem(cost)
}

function combinedProblem({ v, m = 0, p = 0, ln, r = 0 }: Record<string, number>): HashProblem | undefined {
  if (v === 17 || v === 18) return { type: 'invalid', message: 'Argon2 has the versions 16 and 19.' }
  if (v !== undefined && m < 8 * p)
    return { type: 'out_of_range', message: 'Argon2 needs 8 KiB for each lane.' }
  if (ln !== undefined && 128 * 2 ** ln * r > scryptMemoryMaxBytes) {
    return { type: 'out_of_range', message: 'scrypt may use 32 MiB, which is 128·N·r bytes.' }
  }
  return undefined
}

export function isPasswordHash(claimed: ClaimedHash): claimed is PasswordHash {
  return hashProblem(claimed) === undefined
}

export function formatStoredPassword({ origin, ...password }: StoredPassword): string {
  const cost: Record<string, number> = password.cost
  const parameters = Object.keys(algorithms[password.algorithm].cost).map((name) => `${name}=${cost[name]}`)
  const version = parameters[0]?.startsWith('v=') ? parameters.splice(0, 1) : []
  return [
    origin === 'own' ? '' : `$${origin}`,
    password.algorithm,
    ...version,
    ...(parameters.length === 0 ? [] : [parameters.join(',')]),
    encodeBareBase64(password.salt),
    encodeBareBase64(password.hash),
  ].join('$')
}

/** Undefined for every string that is not the one spelling of a hash within its limits. */
export function parseStoredPassword(text: string): StoredPassword | undefined {
  const [, origin = 'own', rest = ''] = /^(?:\$(native|legacy)(?=\$))?(\$.*)$/s.exec(text) ?? []
  const claimed = readPhc(rest)
  if (!claimed || !isPasswordHash(claimed)) return undefined
  if (origin === 'own' && claimed.algorithm !== 'argon2id') return undefined
  const stored: StoredPassword = { ...claimed, origin: origin as PasswordOrigin }
  return formatStoredPassword(stored) === text ? stored : undefined
}

const phc =
  /^\$([a-z0-9-]+)(?:\$v=(\d+))?(?:\$([a-z]+=\d+(?:,[a-z]+=\d+)*))?\$([\w+/.-]*={0,2})\$([\w+/.-]+={0,2})$/

/** A PHC string of any algorithm and cost; undefined when it is none. */
export function readPhc(text: string): ClaimedHash | undefined {
  const [, algorithm, version, parameters, saltText, hashText] = phc.exec(text) ?? []
  if (algorithm === undefined || saltText === undefined || hashText === undefined) return undefined
  const [salt, hash] = [decodeBase64(saltText), decodeBase64(hashText)]
  if (!salt || !hash) return undefined
  const cost: Record<string, number> = version === undefined ? {} : { v: Number(version) }
  for (const parameter of parameters?.split(',') ?? []) {
    const [name = '', value] = parameter.split('=')
    if (Object.hasOwn(cost, name)) return undefined
    cost[name] = Number(value)
  }
  return { algorithm, cost, salt, hash }
}
