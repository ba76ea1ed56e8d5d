/** Password hashes: strength, whole passwords, and equal work for what can never match (T32, T34, T35). */
import { argon2id as noble } from '@noble/hashes/argon2.js'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { argon2 } from '../../../src/adapters/crypto/argon2.ts'
import { passwordHasher } from '../../../src/adapters/crypto/passwords.ts'

const derive = vi.fn(argon2)
const passwords = passwordHasher(derive)
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')

function phc(password: string, m: number, t: number, p: number) {
  const salt = new TextEncoder().encode('0123456789abcdef')
  const hash = noble(new TextEncoder().encode(password), salt, { m, t, p, dkLen: 32, version: 0x13 })
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${base64(salt)}$${base64(hash)}`
}

beforeEach(() => {
  derive.mockClear()
})

describe('password hashes', () => {
  it('T35: are argon2id, 19 MiB, two passes, one lane, 16 bytes of salt, 32 of hash', async () => {
    expect(await passwords.hash('secret')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    )
  })

  it('differ for the same password', async () => {
    expect(await passwords.hash('secret')).not.toBe(await passwords.hash('secret'))
  })

  it.each([
    ['ASCII', 'secret', 'secreT'],
    ['emoji that differ at the end', '🦊🦊🦊🦊🦊🦊🦊🦊a', '🦊🦊🦊🦊🦊🦊🦊🦊b'],
    ['emoji, one more', '🦊🦊🦊🦊', '🦊🦊🦊🦊🦊'],
    ['umlauts, end cut off', 'äöüäöüäöü', 'äöüäö'],
    ['equal in the first 72 bytes', `${'a'.repeat(72)}1`, `${'a'.repeat(72)}2`],
    ['after a NUL', 'a\0b', 'a\0c'],
  ])('T32: verify the whole password: %s', async (_name, password, other) => {
    const hash = await passwords.hash(password)
    expect(await passwords.verify(hash, password)).toBe(true)
    expect(await passwords.verify(hash, other)).toBe(false)
    expect(await passwords.verify(await passwords.hash(other), password)).toBe(false)
  })

  it.each([
    [256, 1, 1],
    [1024, 3, 4],
  ])('made elsewhere verify and are outdated: m=%i t=%i p=%i', async (m, t, p) => {
    expect(await passwords.verify(phc('päss', m, t, p), 'päss')).toBe(true)
    expect(await passwords.verify(phc('päss', m, t, p), 'pass')).toBe(false)
    expect(passwords.isOutdated(phc('päss', m, t, p))).toBe(true)
  })

  it('made here are not outdated', async () => {
    expect(passwords.isOutdated(await passwords.hash('secret'))).toBe(false)
  })

  const good = phc('secret', 19_456, 2, 1)
  it.each([
    ['there is none', undefined],
    ['it is empty', ''],
    ['it is of another algorithm', '$2b$12$abcdefghijklmnopqrstuv'],
    ['it is argon2i', good.replace('argon2id', 'argon2i')],
    ['it is of version 16', good.replace('v=19', 'v=16')],
    ['T34: it asks for 4 GiB', good.replace('m=19456', 'm=4194304')],
    ['T34: it asks for just too much memory', good.replace('m=19456', 'm=65537')],
    ['T34: it asks for eleven passes', good.replace('t=2', 't=11')],
    ['T34: it asks for seventeen lanes', good.replace('p=1', 'p=17')],
    ['it asks for no memory', good.replace('m=19456', 'm=1')],
    ['numbers are padded', good.replace('t=2', 't=02')],
    ['something follows', `${good}$`],
    ['the base64 is impossible', good.slice(0, -2)],
  ])('never match and cost one good verification when %s', async (_name, hash) => {
    expect(await passwords.verify(hash, 'secret')).toBe(false)
    expect(derive).toHaveBeenCalledTimes(1)
    const [, salt, cost, hashBytes] = derive.mock.calls[0] ?? []
    expect(salt?.byteLength).toBe(16)
    expect(cost).toEqual({ memoryKib: 19_456, passes: 2, lanes: 1 })
    expect(hashBytes).toBe(32)
    if (hash !== undefined) expect(passwords.isOutdated(hash)).toBe(true)
  })
})
