/** What importers send is understood, bounded, or refused with the field and the reason (T34). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  importLegacyPassword,
  importNativePassword,
} from '../../../src/domain/passwords/imported-password.ts'
import { supportedAlgorithms } from '../../../src/domain/passwords/password-exports.ts'
import {
  formatStoredPassword,
  legacyPrefix,
  parseStoredPassword,
} from '../../../src/domain/passwords/stored-password.ts'
import { exportedPasswords } from '../../support/exported-passwords.ts'
import { valueOf } from '../../support/records.ts'

const salt = 'c29tZXNhbHQ'
const key = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
const bytesOf = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => new Uint8Array(bytes))

function problemOf(result: ReturnType<typeof importNativePassword>) {
  if (result.ok || result.error.kind !== 'InvalidInput') throw new Error('It was not refused.')
  return result.error.violations[0]
}

describe('an exported hash', () => {
  it.each(exportedPasswords)(
    'is stored as one string that reads back: %s',
    (_name, _password, legacyAuth) => {
      const text = valueOf(importLegacyPassword(legacyAuth))
      expect(text.startsWith(legacyPrefix)).toBe(true)
      const parsed = parseStoredPassword(text)
      expect(parsed && formatStoredPassword(parsed)).toBe(text)
    },
  )

  it('of Firebase is stored without the signer key', () => {
    const [, , legacyAuth] = exportedPasswords.find(([name]) => name === 'Firebase') ?? []
    const text = valueOf(importLegacyPassword(legacyAuth ?? { algorithm: '', hash: '' }))
    expect(text).not.toContain(legacyAuth?.context?.base64_signer_key?.slice(0, 20))
    expect(text).toMatch(/^\$legacy\$firebase-scrypt\$ln=14,r=8,p=1\$/)
  })

  it('in Emporix’ own form is told from those of others', () => {
    expect(valueOf(importNativePassword('1:10000:abcdefgh:ijklmnop'))).toBe(
      '$native$pbkdf2-sha1$i=10000$abcdefgh$ijklmnop',
    )
  })
})

describe('T34 a hash whose cost is above the caps', () => {
  it.each([
    ['argon2', `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${key}`, 'memory'],
    ['argon2', `$argon2id$v=19$m=65537,t=1,p=1$${salt}$${key}`, 'memory'],
    ['argon2', `$argon2id$v=19$m=65536,t=11,p=1$${salt}$${key}`, 'passes'],
    ['argon2', `$argon2id$v=19$m=65536,t=1,p=17$${salt}$${key}`, 'parallelism'],
    ['argon2', `$argon2id$v=19$m=15,t=1,p=2$${salt}$${key}`, '8 KiB'],
    ['bcrypt', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'cost'],
    ['bcrypt', '$2b$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'cost'],
    ['pbkdf2', `$pbkdf2-sha256$i=2147483648$${salt}$${key}`, 'iterations'],
    ['pbkdf2', `$pbkdf2-sha256$2000001$${salt}$${key}`, 'iterations'],
    ['pbkdf2', `pbkdf2_sha256$${'9'.repeat(30)}$salt$${key}`, 'iterations'],
    ['scrypt', `$scrypt$ln=30,r=8,p=1$${salt}$${key}`, 'logarithm'],
    [
      'scrypt',
      '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
      '32 MiB',
    ],
    ['scrypt', `$scrypt$ln=14,r=8,p=11$${salt}$${key}`, 'parallelism'],
    ['scrypt', `scrypt:1073741824:8:1$salt$${'00'.repeat(32)}`, 'logarithm'],
  ])('is out of range: %s %s', (algorithm, hash, word) => {
    const problem = problemOf(importLegacyPassword({ algorithm, hash }))
    expect(problem).toMatchObject({ field: 'legacyAuth.hash', type: 'out_of_range' })
    expect(problem?.message).toContain(word)
  })

  it('is out of range in Emporix’ own form too', () => {
    expect(problemOf(importNativePassword('1:2000001:abcdefgh:ijklmnop'))).toMatchObject({
      field: 'passwordHash',
      type: 'out_of_range',
    })
  })

  it('is not read from the store either', () => {
    expect(parseStoredPassword(`$legacy$argon2id$v=19$m=65536,t=10,p=1$${salt}$${key}`)).toBeDefined()
    expect(parseStoredPassword(`$legacy$argon2id$v=19$m=65537,t=10,p=1$${salt}$${key}`)).toBeUndefined()
  })
})

describe('a hash that is not understood', () => {
  it.each([
    ['an unknown algorithm', 'md5', 'x', {}, 'algorithm', 'invalid'],
    ['the name of a prototype', '__proto__', 'x', {}, 'algorithm', 'invalid'],
    ['bcrypt that mixed characters up', 'bcrypt', `$2x$10$${'a'.repeat(53)}`, {}, 'hash', 'invalid'],
    ['bcrypt cut short', 'bcrypt', `$2b$10$${'a'.repeat(52)}`, {}, 'hash', 'invalid'],
    ['no hash', 'argon2', '', {}, 'hash', 'invalid'],
    [
      'a version of argon2 that there is not',
      'argon2',
      `$argon2id$v=18$m=64,t=1,p=1$${salt}$${key}`,
      {},
      'hash',
      'invalid',
    ],
    [
      'a parameter that changes the result',
      'argon2',
      `$argon2id$v=19$m=64,t=1,p=1,keyid=1$${salt}$${key}`,
      {},
      'hash',
      'invalid',
    ],
    [
      'an N that is no power of two',
      'scrypt',
      `scrypt:1000:8:1$salt$${'00'.repeat(32)}`,
      {},
      'hash',
      'invalid',
    ],
    ['PBKDF2 over MD5', 'pbkdf2', `$pbkdf2-md5$i=1$${salt}$${key}`, {}, 'hash', 'invalid'],
    ['scrypt without its parameters', 'scrypt', '00'.repeat(32), {}, 'context.cost', 'missing'],
    [
      'a salt of unknown encoding',
      'pbkdf2',
      '00'.repeat(32),
      { iterations: '1', digest: 'sha1', salt: 'x' },
      'context.saltEncoding',
      'missing',
    ],
    [
      'SAP Commerce without the user id',
      'hybris-sha512-uid-salt',
      '00'.repeat(64),
      { salt: 'x' },
      'context.originalUid',
      'missing',
    ],
    [
      'SAP Commerce with a shorter hash',
      'hybris-sha512-uid-salt',
      '00'.repeat(32),
      { salt: 'x', originalUid: 'u' },
      'hash',
      'out_of_range',
    ],
    ['Firebase without the signer key', 'firebase-scrypt', key, {}, 'context.signerKey', 'missing'],
    ['Auth0 with MD5', 'auth0', '{"algorithm":"md5","hash":{"value":"00"}}', {}, 'hash', 'invalid'],
    [
      'Auth0 with another encoding of the password',
      'auth0',
      '{"algorithm":"argon2","password":{"encoding":"utf16le"}}',
      {},
      'hash',
      'invalid',
    ],
    ['a blob that is none', 'aspnet-identity', 'AQAAAAEAACcQ/////w==', {}, 'hash', 'invalid'],
    ['a megabyte', 'bcrypt', 'a'.repeat(1_000_000), {}, 'hash', 'too_large'],
    ['a megabyte of context', 'bcrypt', 'a', { x: 'a'.repeat(1_000_000) }, 'context.x', 'too_large'],
  ])('is refused by field and kind: %s', (_what, algorithm, hash, context, field, type) => {
    const given = Object.fromEntries(Object.entries(context))
    expect(problemOf(importLegacyPassword({ algorithm, hash, context: given }))).toMatchObject({
      field: `legacyAuth.${field}`,
      type,
    })
  })

  it.each([
    '',
    '1',
    '1:10:salt',
    '2:10:abcd:abcd',
    '1:-1:abcd:abcd',
    '1:1e3:abcd:abcd',
    '1:0:abcdefgh:ijklmnop',
    '1:1:!:abcd',
  ])('is refused in Emporix’ own form: %j', (text) => {
    expect(problemOf(importNativePassword(text))).toMatchObject({ field: 'passwordHash' })
  })

  it('never makes anything throw, nor anything that cannot be read back', () => {
    const pieces = fc.constantFrom(
      '$',
      ':',
      ',',
      '=',
      'v=19',
      'm=64',
      't=1',
      'p=1',
      'ln=4',
      'i=9',
      'scrypt',
      'pbkdf2',
      'sha256',
      salt,
      key,
      '{',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    const names = fc.constantFrom(
      'salt',
      'saltEncoding',
      'iterations',
      'digest',
      'N',
      'r',
      'p',
      'rounds',
      '__proto__',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...supportedAlgorithms),
        text,
        fc.dictionary(names, text),
        (algorithm, hash, context) => {
          for (const result of [
            importLegacyPassword({ algorithm, hash, context }),
            importNativePassword(hash),
          ])
            if (result.ok) expect(parseStoredPassword(result.value)).toBeDefined()
          parseStoredPassword(hash)
        },
      ),
    )
  })

  it('is refused in linear time, however it repeats itself', () => {
    const started = performance.now()
    for (const part of ['$', ':', '=', 'a', 'a=1,', '$a', '0', '.'])
      for (const algorithm of supportedAlgorithms)
        importLegacyPassword({ algorithm, hash: `$scrypt$ln=1${part.repeat(4000 / part.length)}` })
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('stored strings', () => {
  it('read back as what was written', () => {
    const cost = fc.record({ i: fc.integer({ min: 1, max: 2_000_000 }) })
    fc.assert(
      fc.property(
        cost,
        bytesOf(1, 64),
        bytesOf(6, 32),
        fc.constantFrom('native', 'legacy'),
        (i, bytes, hash, origin) => {
          const stored = { origin, algorithm: 'pbkdf2-sha256', cost: i, salt: bytes, hash } as const
          expect(parseStoredPassword(formatStoredPassword(stored))).toEqual(stored)
        },
      ),
    )
  })

  it.each([
    ['other orders', `$legacy$argon2id$v=19$t=1,m=64,p=1$${salt}$${key}`],
    ['padding', `$legacy$pbkdf2-sha256$i=1$${salt}=$${key}`],
    ['other alphabets', `$legacy$pbkdf2-sha256$i=1$-_-_$${key}`],
    ['padded numbers', `$legacy$pbkdf2-sha256$i=01$${salt}$${key}`],
    ['other origins', `$other$pbkdf2-sha256$i=1$${salt}$${key}`],
    ['others’ algorithms as our own', `$pbkdf2-sha256$i=1$${salt}$${key}`],
  ])('have no %s', (_what, text) => {
    expect(parseStoredPassword(text)).toBeUndefined()
  })
})
