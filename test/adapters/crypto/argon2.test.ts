/** The WebAssembly binding against an independent implementation. */
import { argon2id as noble } from '@noble/hashes/argon2.js'
import { describe, expect, it } from 'vitest'
import { argon2 } from '../../../src/adapters/crypto/argon2.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const salt = encode('0123456789abcdef')

describe('argon2id', () => {
  it.each([
    ['ASCII', 'correct horse battery staple'],
    ['umlauts', 'Größenwahn äöü'],
    ['emoji', '🦊🦊🦊🦊🦊🦊🦊🦊'],
    ['CJK', '密码密码密码'],
    ['a NUL inside', 'a\0b'],
    ['nothing', ''],
    ['1,024 bytes', 'é'.repeat(512)],
  ])('agrees with an independent implementation: %s', (_name, password) => {
    const cost = { memoryKib: 256, passes: 2, lanes: 1 }
    const expected = noble(encode(password), salt, { m: 256, t: 2, p: 1, dkLen: 32, version: 0x13 })
    expect(argon2(encode(password), salt, cost, 32)).toEqual(expected)
  })

  it('agrees on several lanes and another hash length', () => {
    const expected = noble(encode('päss'), salt, { m: 512, t: 3, p: 4, dkLen: 24, version: 0x13 })
    expect(argon2(encode('päss'), salt, { memoryKib: 512, passes: 3, lanes: 4 }, 24)).toEqual(expected)
  })

  it('agrees at the cost of production', () => {
    const expected = noble(encode('päss'), salt, { m: 19_456, t: 2, p: 1, dkLen: 32, version: 0x13 })
    expect(argon2(encode('päss'), salt, { memoryKib: 19_456, passes: 2, lanes: 1 }, 32)).toEqual(expected)
  })

  it('throws on a cost that Argon2 does not allow, and works afterwards', () => {
    const hash = () => argon2(encode('x'), salt, { memoryKib: 64, passes: 1, lanes: 1 }, 32)
    const before = hash()
    expect(() => argon2(encode('x'), salt, { memoryKib: 64, passes: 0, lanes: 1 }, 32)).toThrow('Argon2')
    expect(hash()).toEqual(before)
  })
})
