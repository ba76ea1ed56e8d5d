/** Sealed and derived secrets: refresh tokens, SaaS tokens, ids (T11). */
import { base64url, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { randomIds } from '../../../src/adapters/crypto/ids.ts'
import { keyedHash } from '../../../src/adapters/crypto/keyed-hash.ts'
import {
  anonymousRefreshTokens,
  pageSessions,
  refreshTokens,
} from '../../../src/adapters/crypto/refresh-tokens.ts'
import { deriveSaasKey, saasTokens } from '../../../src/adapters/crypto/saas-tokens.ts'

const hash = keyedHash('a secret of the service, long enough')
const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time }
const customers = refreshTokens(hash)
const anonymous = anonymousRefreshTokens(hash, clock)
const pages = pageSessions(hash)
const handle = { tenant: 'acme', customerId: '12345678', sessionKey: 'key', counter: 3 }
const session = {
  tenant: 'acme',
  clientId: 'acme-storefront',
  sessionId: 'session',
  scopes: ['manage_my_profile'],
}

describe('keyed hashes', () => {
  it('are the same for the same text and others for another label, text or secret', async () => {
    const other = keyedHash('another secret of the service, long enough')
    const base = await hash.derive('label', 'text')
    expect(base.byteLength).toBe(32)
    expect(await hash.derive('label', 'text')).toEqual(base)
    expect(await hash.derive('label', 'texts')).not.toEqual(base)
    expect(await hash.derive('labe', 'ltext')).not.toEqual(base)
    expect(await other.derive('label', 'text')).not.toEqual(base)
    expect(await hash.matches('label', 'text', base)).toBe(true)
    expect(await hash.matches('label', 'text', base.slice(1))).toBe(false)
    expect(await other.matches('label', 'text', base)).toBe(false)
  })
})

describe('refresh tokens', () => {
  it('give back what they were issued for', async () => {
    expect(await customers.open(await customers.issue(handle))).toEqual(handle)
    expect(await anonymous.open(await anonymous.issue(session, 60))).toEqual(session)
    const { counter: _counter, ...pageHandle } = handle
    expect(await pages.open(await pages.seal(pageHandle))).toEqual(pageHandle)
  })

  it('of one kind are not of the other', async () => {
    expect(await anonymous.open(await customers.issue(handle))).toBeUndefined()
    expect(await customers.open(await anonymous.issue(session, 60))).toBeUndefined()
    expect(await customers.open(await pages.seal(handle))).toBeUndefined()
    expect(await pages.open(await customers.issue(handle))).toBeUndefined()
  })

  it('of another secret are refused', async () => {
    const foreign = refreshTokens(keyedHash('another secret of the service, long enough'))
    expect(await customers.open(await foreign.issue(handle))).toBeUndefined()
  })

  it('T11: are refused when any character is another one', async () => {
    const token = await customers.issue(handle)
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(await customers.open(changed), `character ${at}`).toBeUndefined()
    }
  })

  it('have one spelling', async () => {
    const token = await customers.issue(handle)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const opened = await Promise.all(
      [...alphabet].map((letter) => customers.open(token.slice(0, -1) + letter)),
    )
    expect(opened.filter(Boolean)).toHaveLength(1)
  })

  it('of a higher counter cannot be made from a lower one', async () => {
    const [, seal] = (await customers.issue(handle)).split('.')
    const forged = `${base64url.encode(JSON.stringify({ ...handle, counter: 4 }))}.${seal}`
    expect(await customers.open(forged)).toBeUndefined()
  })

  it('of an anonymous session end with their lifetime', async () => {
    const token = await anonymous.issue(session, 60)
    clock.time += 59_999
    expect(await anonymous.open(token)).toEqual(session)
    clock.time += 1
    expect(await anonymous.open(token)).toBeUndefined()
  })

  it.each([
    '',
    '.',
    '..',
    'a.b',
    'é.é',
    `${'A'.repeat(5000)}.${'A'.repeat(43)}`,
    `${'A'.repeat(43)}`,
    'null',
  ])('that are garbage are refused: %.20s', async (garbage) => {
    expect(await customers.open(garbage)).toBeUndefined()
    expect(await anonymous.open(garbage)).toBeUndefined()
  })
})

describe('SaaS tokens', () => {
  it('verify under the key of their tenant and no other', async () => {
    const token = await saasTokens('https://id.shop.example', hash, clock).issue('acme', '12345678', 60)
    const options = { currentDate: new Date(clock.now()) }
    const { payload, protectedHeader } = await jwtVerify(token, await deriveSaasKey(hash, 'acme'), options)
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: 'HS256' })
    expect(payload).toMatchObject({ sub: '12345678', iss: 'https://id.shop.example', aud: 'acme' })
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub'])
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    await expect(jwtVerify(token, await deriveSaasKey(hash, 'globex'), options)).rejects.toThrow()
  })
})

describe('ids', () => {
  const ids = randomIds()
  it('of customers have eight digits and two more for each collision, and never begin with zero', () => {
    for (let round = 0; round < 500; round += 1) expect(ids.customerId(0)).toMatch(/^[1-9]\d{7}$/)
    expect(ids.customerId(1)).toMatch(/^[1-9]\d{9}$/)
    expect(ids.customerId(3)).toMatch(/^[1-9]\d{13}$/)
  })

  it('that are secrets have at least 128 bits', () => {
    expect(base64url.decode(ids.tokenId()).byteLength).toBeGreaterThanOrEqual(16)
    expect(base64url.decode(ids.sessionKey()).byteLength).toBeGreaterThanOrEqual(16)
  })

  it('of the other kinds have their shapes', () => {
    expect(ids.addressId()).toMatch(/^[0-9a-f]{10}$/)
    expect(ids.accountId()).toMatch(/^[0-9a-f]{16}$/)
    expect(ids.sessionId()).toMatch(/^[0-9a-f-]{36}$/)
    expect(ids.operationId()).toMatch(/^[0-9a-f-]{36}$/)
  })
})
