/**
 * From the `Authorization` header to a principal (T9, T39, T52): the right kind, tenant and scope or a named refusal, and no
 * header is too odd to be refused.
 */
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../src/domain/tenant/principal.ts'
import type { AccessTokens, TokenVerdict } from '../../src/flows/ports/index.ts'
import { authenticate } from '../../src/http/authenticate.ts'
import type { Access } from '../../src/http/endpoint.ts'

const customer: Principal = {
  kind: 'customer',
  tenant: 'acme',
  customerId: '12345678',
  sessionId: 'public',
  sessionKey: 'secret',
  scopes: ['profile_view'],
}
const verdicts: Record<string, TokenVerdict> = {
  customer: { ok: true, principal: customer, issuedAt: 0, expiresAt: 1000 },
  elsewhere: { ok: true, principal: { ...customer, tenant: 'globex' }, issuedAt: 0, expiresAt: 1000 },
  service: {
    ok: true,
    principal: { kind: 'service', tenant: 'acme', clientId: 'acme-admin', scopes: ['a', 'b'] },
    issuedAt: 0,
    expiresAt: 1000,
  },
  expired: { ok: false, reason: 'expired', principal: customer, issuedAt: 0 },
  expiredElsewhere: {
    ok: false,
    reason: 'expired',
    principal: { ...customer, tenant: 'globex' },
    issuedAt: 0,
  },
}
const tokens: Pick<AccessTokens, 'verify'> = {
  verify: async (token) => verdicts[token] ?? { ok: false, reason: 'invalid' },
}

function ask(authorization: string | undefined, access: Access = { kinds: ['customer'] }) {
  const headers = authorization === undefined ? {} : { Authorization: authorization }
  const request = new Request('https://patron.test/', { headers })
  return authenticate(tokens as AccessTokens, request, 'acme', access)
}

describe('a caller', () => {
  it.each(['Bearer customer', 'bearer customer', 'BEARER   customer'])(
    'with %j is recognised',
    async (header) => {
      expect(await ask(header)).toEqual({ ok: true, value: { principal: customer, tokenExpiresAt: 1000 } })
    },
  )

  it.each<[string, string | undefined, Access, object]>([
    ['without a header', undefined, { kinds: ['customer'] }, { kind: 'TokenMissing' }],
    ['with an unknown token', 'Bearer unknown', { kinds: ['customer'] }, { kind: 'TokenInvalid' }],
    ['of another tenant', 'Bearer elsewhere', { kinds: ['customer'] }, { kind: 'TokenInvalid' }],
    [
      'of another kind',
      'Bearer service',
      { kinds: ['customer', 'anonymous'] },
      { kind: 'PrincipalUnfit', wanted: ['customer', 'anonymous'], scopes: [] },
    ],
    ['whose time is over', 'Bearer expired', { kinds: ['customer'] }, { kind: 'TokenExpired' }],
    [
      'of another tenant, whose time is over',
      'Bearer expiredElsewhere',
      { kinds: ['customer'], evenExpired: true },
      { kind: 'TokenInvalid' },
    ],
    [
      'without any of the scopes',
      'Bearer service',
      { kinds: ['service'], scopes: ['c', 'd'] },
      { kind: 'ScopeMissing', scopes: ['c', 'd'] },
    ],
  ])('%s is refused', async (_what, header, access, error) => {
    expect(await ask(header, access)).toEqual({ ok: false, error })
  })

  it('with one of several scopes is let in', async () => {
    expect((await ask('Bearer service', { kinds: ['service'], scopes: ['x', 'b'] })).ok).toBe(true)
  })

  it('whose time is over is let in where only the shop matters, and has no time left', async () => {
    expect(await ask('Bearer expired', { kinds: ['customer'], evenExpired: true })).toEqual({
      ok: true,
      value: { principal: customer, tokenExpiresAt: 0 },
    })
  })

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'customer',
    'Basic Y3VzdG9tZXI6',
    'Bearercustomer',
    'Bearer customer customer',
    'Bearer customer, Bearer customer',
    'Bearer "customer"',
    'Bearer cust\u00f6mer',
    'Bearer =customer',
    'Bearer\tcustomer',
    `Bearer ${'a'.repeat(100_000)}!`,
    `${' '.repeat(1000)}Bearer`,
  ])('T52: with the header %j is refused, and nothing breaks', async (header) => {
    const request = { headers: { get: () => header.trim() } } as unknown as Request
    expect(await authenticate(tokens as AccessTokens, request, 'acme', { kinds: ['customer'] })).toEqual({
      ok: false,
      error: { kind: 'TokenInvalid' },
    })
  })

  it('is nobody when the token cannot be checked', async () => {
    const broken = { verify: () => Promise.reject(new Error('no keys')) } as unknown as AccessTokens
    const request = new Request('https://patron.test/', { headers: { Authorization: 'Bearer customer' } })
    await expect(authenticate(broken, request, 'acme', { kinds: ['customer'] })).rejects.toThrow('no keys')
  })
})
