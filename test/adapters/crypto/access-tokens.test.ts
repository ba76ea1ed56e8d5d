/** Access tokens: what is accepted, and the table of confusions that are not (T8, T9). */
import { base64url, CompactSign, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { accessTokens, remembered } from '../../../src/adapters/crypto/access-tokens.ts'
import type { Principal } from '../../../src/domain/tenant/principal.ts'

const publicUrl = 'https://patron.test'
const start = Date.UTC(2026, 0, 1)

async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return { ...(await exportJWK(privateKey)), kid }
}

const [current, next, previous, foreign] = await Promise.all(
  ['current', 'next', 'previous', 'current'].map(newKey),
)
if (!current || !next || !previous || !foreign) throw new Error('no keys')

const clock = { time: start, now: () => clock.time }
const tokens = accessTokens({ publicUrl, signingKeys: { current, next, previous } }, clock)

const customer: Principal = {
  kind: 'customer',
  tenant: 'acme',
  customerId: '12345678',
  sessionId: 'public-session',
  sessionKey: 'secret-session',
  scopes: ['customer.customerprofile_view', 'order.history_view'],
  legalEntityId: 'entity',
}

const claims = {
  kind: 'service',
  sub: 'acme-admin',
  client_id: 'acme-admin',
  scope: 'a b',
  aud: 'acme',
  iss: publicUrl,
  iat: start / 1000,
  exp: start / 1000 + 60,
  jti: 'id',
}
const header = { alg: 'EdDSA', kid: 'current', typ: 'at+jwt' }

const part = (value: object) => base64url.encode(JSON.stringify(value))
const signed = (payload: object, head: object = header, key: JWK = current) =>
  new SignJWT({ ...payload }).setProtectedHeader({ ...header, ...head }).sign(key)
const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
const publicBytes = base64url.decode(current.x ?? '')

describe('access tokens', () => {
  it.each<[string, Principal]>([
    ['customer', customer],
    ['anonymous', { kind: 'anonymous', tenant: 'acme', sessionId: 's', clientId: 'c', scopes: ['x'] }],
    [
      'anonymous, without the secret',
      { kind: 'anonymous', tenant: 'acme', sessionId: 's', clientId: 'c', scopes: [], withoutSecret: true },
    ],
    ['customer of a client', { ...customer, clientId: 'c' }],
    ['service', { kind: 'service', tenant: 'acme', clientId: 'c', scopes: [] }],
  ])('give back the principal that they were issued for: %s', async (_name, principal) => {
    clock.time = start
    const token = await tokens.issue(principal, 60)
    expect(await tokens.verify(token)).toEqual({
      ok: true,
      principal,
      issuedAt: start,
      expiresAt: start + 60_000,
    })
  })

  it.each([
    ['next', next],
    ['previous', previous],
  ])('are accepted under the %s key too, and only its own kid', async (kid, key) => {
    clock.time = start
    expect(await tokens.verify(await signed(claims, { kid }, key))).toMatchObject({ ok: true })
    expect(await tokens.verify(await signed(claims, { kid: 'current' }, key))).toMatchObject({ ok: false })
  })

  it('that are expired but good otherwise say whose they were', async () => {
    clock.time = start
    const token = await tokens.issue(customer, 60)
    clock.time = start + 60_000
    expect(await tokens.verify(token)).toEqual({
      ok: false,
      reason: 'expired',
      principal: customer,
      issuedAt: start,
    })
    clock.time = start
  })

  it.each<[string, () => string | Promise<string>]>([
    ['empty', () => ''],
    ['no JWT', () => 'garbage'],
    ['three empty parts', () => '..'],
    ['of 9,000 characters', async () => signed({ ...claims, scope: 'x'.repeat(9000) })],
    ['alg none, no signature', () => `${part({ ...header, alg: 'none' })}.${part(claims)}.`],
    ['alg NoNe', () => `${part({ ...header, alg: 'NoNe' })}.${part(claims)}.`],
    ['no alg', () => `${part({ kid: 'current', typ: 'at+jwt' })}.${part(claims)}.AAAA`],
    [
      'HS256 under the public key',
      () => new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(publicBytes),
    ],
    [
      'HS256 under the public JWK as text',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ ...header, alg: 'HS256' })
          .sign(new TextEncoder().encode(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: current.x }))),
    ],
    ['signed by somebody else', () => signed(claims, {}, foreign)],
    ['unknown kid', () => signed(claims, { kid: 'unknown' })],
    ['kid that is a path', () => signed(claims, { kid: '../../current' })],
    ['kid that is SQL', () => signed(claims, { kid: "current' OR 1=1 --" })],
    ['kid that is a property of every object', () => signed(claims, { kid: '__proto__' })],
    ['no kid', () => signed(claims, { kid: undefined })],
    [
      'jwk in the header',
      () => signed(claims, { jwk: { kty: 'OKP', crv: 'Ed25519', x: foreign.x } }, foreign),
    ],
    ['jwk in the header, although the signature is ours', () => signed(claims, { jwk: { kty: 'OKP' } })],
    ['jku in the header', () => signed(claims, { jku: 'https://evil.test/jwks.json' })],
    ['x5u in the header', () => signed(claims, { x5u: 'https://evil.test/cert' })],
    ['crit in the header', () => signed(claims, { crit: ['b64'], b64: true })],
    ['another issuer', () => signed({ ...claims, iss: 'https://evil.test' })],
    ['no issuer', () => signed(without('iss'))],
    ['typ JWT', () => signed(claims, { typ: 'JWT' })],
    ['no typ', () => signed(claims, { typ: undefined })],
    ['no kind', () => signed(without('kind'))],
    ['unknown kind', () => signed({ ...claims, kind: 'root' })],
    ['no audience', () => signed(without('aud'))],
    ['two audiences', () => signed({ ...claims, aud: ['acme', 'globex'] })],
    ['an audience that is no tenant key', () => signed({ ...claims, aud: 'oauth' })],
    ['no subject', () => signed(without('sub'))],
    ['no expiry', () => signed(without('exp'))],
    ['an expiry that is no number', () => signed({ ...claims, exp: '9999999999' })],
    ['no scope', () => signed(without('scope'))],
    ['a customer without a session', () => signed({ ...claims, kind: 'customer', sid: 's' })],
    ['expired and of another issuer', () => signed({ ...claims, exp: 1, iss: 'https://evil.test' })],
    ['expired and of no known kind', () => signed({ ...claims, exp: 1, kind: 'root' })],
    [
      'a payload that is no JSON',
      () => new CompactSign(new TextEncoder().encode('garbage')).setProtectedHeader(header).sign(current),
    ],
  ])('T8, T9: are refused when they are %s', async (_name, make) => {
    clock.time = start
    expect(await tokens.verify(await make())).toEqual({ ok: false, reason: 'invalid' })
  })

  it('are refused when one character has changed', async () => {
    clock.time = start
    const token = await tokens.issue(customer, 60)
    for (const at of [5, token.indexOf('.') + 5, token.lastIndexOf('.') + 5]) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(await tokens.verify(changed)).toMatchObject({ ok: false, reason: 'invalid' })
    }
  })

  it('are verified with published keys that do not have the private part', async () => {
    const { keys } = await tokens.publicKeys()
    expect(keys).toEqual(
      [current, next, previous].map(({ kid, x }) => ({
        kty: 'OKP',
        crv: 'Ed25519',
        kid,
        x,
        use: 'sig',
        alg: 'EdDSA',
      })),
    )
  })
})

describe('remembered access tokens', () => {
  const service: Principal = { kind: 'service', tenant: 'acme', clientId: 'c', scopes: ['x'] }
  const counting = (entriesMax?: number) => {
    const checked: string[] = []
    const verify = (token: string) => {
      checked.push(token)
      return tokens.verify(token)
    }
    return { checked, tokens: remembered({ ...tokens, verify }, clock, entriesMax) }
  }

  it('are checked once, and answer the same again', async () => {
    clock.time = start
    const { checked, tokens: memory } = counting()
    const token = await tokens.issue(service, 60)
    const first = await memory.verify(token)
    expect(first).toEqual({ ok: true, principal: service, issuedAt: start, expiresAt: start + 60_000 })
    expect(await memory.verify(token)).toEqual(first)
    expect(checked).toEqual([token])
  })

  it('end at the same moment as any other token', async () => {
    clock.time = start
    const { tokens: memory } = counting()
    const token = await tokens.issue(service, 60)
    await memory.verify(token)
    clock.time = start + 59_999
    expect(await memory.verify(token)).toMatchObject({ ok: true })
    clock.time = start + 60_000
    expect(await memory.verify(token)).toEqual({
      ok: false,
      reason: 'expired',
      principal: service,
      issuedAt: start,
    })
  })

  it('vouch for no other token: each changed character is checked, and what is refused is not remembered', async () => {
    clock.time = start
    const { checked, tokens: memory } = counting()
    const token = await tokens.issue(service, 60)
    await memory.verify(token)
    const [head = '', body = '', signature = ''] = token.split('.')
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    for (const forged of [`${head}.${body}.${flipped}`, `${head}.${body}.`, `${token}A`, ` ${token}`, '']) {
      for (let again = 0; again < 2; again += 1)
        expect(await memory.verify(forged)).toEqual({ ok: false, reason: 'invalid' })
    }
    expect(checked).toHaveLength(11)
  })

  it('are forgotten, oldest first, above the limit', async () => {
    clock.time = start
    const { checked, tokens: memory } = counting(2)
    const issued = await Promise.all([1, 2, 3].map(() => tokens.issue(service, 60)))
    for (const token of issued) await memory.verify(token)
    for (const token of issued.toReversed()) await memory.verify(token)
    expect(checked).toEqual([...issued, issued[0]])
  })
})
