/** Hashes of other systems verify as they did there, are outdated at once, and cost what was promised (T19, T32, T34). */
import { argon2d, argon2i } from '@noble/hashes/argon2.js'
import { scrypt as noble } from '@noble/hashes/scrypt.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import bcrypt from 'bcryptjs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { argon2 } from '../../../src/adapters/crypto/argon2.ts'
import { pbkdf2Hash } from '../../../src/adapters/crypto/foreign-hash.ts'
import { passwordHasher } from '../../../src/adapters/crypto/passwords.ts'
import { scrypt } from '../../../src/adapters/crypto/scrypt.ts'
import {
  importLegacyPassword,
  importNativePassword,
  type LegacyAuth,
} from '../../../src/domain/passwords/imported-password.ts'
import { exportedPasswords } from '../../support/exported-passwords.ts'
import { valueOf } from '../../support/records.ts'

const derive = vi.fn(argon2)
const passwords = passwordHasher(derive)
const encode = (text: string) => new TextEncoder().encode(text)
const stored = (legacyAuth: LegacyAuth) => valueOf(importLegacyPassword(legacyAuth))
const ofBcrypt = (hash: string) => stored({ algorithm: 'bcrypt', hash })

beforeEach(() => void derive.mockClear())

describe('a hash of another system', () => {
  it.each(exportedPasswords)(
    'verifies its password and is outdated: %s',
    async (_name, password, legacyAuth) => {
      const hash = stored(legacyAuth)
      expect(await passwords.verify(hash, password)).toBe(true)
      expect(passwords.isOutdated(hash)).toBe(true)
    },
  )

  // One of each algorithm is enough here: they share the comparison.
  it.each(
    exportedPasswords.filter(([name]) => /base64|crypt_blowfish|RFC \d+, as|Firebase$|version 16/.test(name)),
  )(
    'refuses every other password, and T19 that costs one hash of ours on top: %s',
    async (_name, password, legacyAuth) => {
      expect(await passwords.verify(stored(legacyAuth), `x${password}`)).toBe(false)
      expect(derive.mock.lastCall?.[2]).toEqual({ memoryKib: 19_456, passes: 2, lanes: 1 })
    },
  )

  it.each([
    ['base64', '1:4096:c2FsdA==:SwB5AbdlSJq+rUnZJvch0GWkKcE='],
    ['hexadecimal', '1:4096:73616c74:4b007901b765489abead49d926f721d065a429c1'],
  ])('is verified in Emporix’ own form, in %s', async (_encoding, passwordHash) => {
    const hash = valueOf(importNativePassword(passwordHash))
    expect(await passwords.verify(hash, 'password')).toBe(true)
    expect(await passwords.verify(hash, 'passwore')).toBe(false)
    expect(passwords.isOutdated(hash)).toBe(true)
  })

  it.each([
    ['as it was typed', 'pa\u0308ss', 'pa\u0308ss', true],
    ['in its normal form', 'p\u00e4ss', 'pa\u0308ss', true],
    ['in no other', 'pa\u0308ss', 'p\u00e4ss', false],
  ])('T36 matches a password %s', async (_how, hashed, typed, matches) => {
    expect(await passwords.verify(ofBcrypt(bcrypt.hashSync(hashed, 4)), typed)).toBe(matches)
  })

  it('T32 of bcrypt ends at 72 bytes as it did there, and does not end at a NUL', async () => {
    const long = ofBcrypt(bcrypt.hashSync(`${'a'.repeat(72)}1`, 4))
    expect(await passwords.verify(long, `${'a'.repeat(72)}2`)).toBe(true)
    expect(await passwords.verify(long, `${'a'.repeat(71)}b`)).toBe(false)
    const nul = ofBcrypt(bcrypt.hashSync('a\0b', 4))
    expect(await passwords.verify(nul, 'a\0b')).toBe(true)
    expect(await passwords.verify(nul, 'a\0c')).toBe(false)
  })

  it('of Django’s bcrypt_sha256 counts every letter', async () => {
    const password = 'a'.repeat(100)
    const hash = ofBcrypt(`bcrypt_sha256$${bcrypt.hashSync(bytesToHex(sha256(encode(password))), 4)}`)
    expect(await passwords.verify(hash, password)).toBe(true)
    expect(await passwords.verify(hash, `${password}a`)).toBe(false)
  })
})

describe('the algorithms', () => {
  it.each([
    ['argon2d', argon2d, 19],
    ['argon2d', argon2d, 16],
    ['argon2i', argon2i, 19],
  ] as const)('%s agrees with an independent implementation', (type, independent, version) => {
    const expected = independent('password', 'somesalt', { m: 256, t: 2, p: 2, dkLen: 32, version })
    const cost = { memoryKib: 256, passes: 2, lanes: 2 }
    expect(argon2(encode('password'), encode('somesalt'), cost, 32, { type, version })).toEqual(expected)
  })

  it.each([
    [1, 1, 1, 32],
    [4, 1, 1, 64],
    [5, 3, 2, 16],
    [10, 8, 3, 100],
  ])(
    'scrypt of N=2^%i, r=%i, p=%i, %i bytes agrees with an independent implementation',
    (ln, r, p, dkLen) => {
      const expected = noble('password', 'NaCl', { N: 2 ** ln, r, p, dkLen })
      expect(scrypt(encode('password'), encode('NaCl'), { ln, r, p }, dkLen)).toEqual(expected)
    },
  )

  it.each(['pbkdf2-sha1', 'pbkdf2-sha256', 'pbkdf2-sha512'] as const)(
    '%s is the same with and without WebCrypto',
    async (algorithm) => {
      const [password, salt] = [new Uint8Array(encode('p\u00e4ss')), new Uint8Array(encode('NaCl'))]
      const derived = (iterationsMax?: number) =>
        pbkdf2Hash(algorithm, password, salt, 100, 20, iterationsMax)
      expect(await derived(99)).toEqual(await derived())
    },
  )

  it('scrypt is that of RFC 7914 for nothing', () => {
    expect(bytesToHex(scrypt(encode(''), encode(''), { ln: 4, r: 1, p: 1 }, 64))).toBe(
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    )
  })
})
