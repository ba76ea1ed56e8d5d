/** One-time tokens in KV: found by their secret only, which is stored nowhere (T11, T12). */
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { oneTimeTokens } from '../../../src/adapters/kv/one-time-tokens.ts'
import { keyedHash } from '../../../src/adapters/crypto/keyed-hash.ts'
import type { OneTimeToken } from '../../../src/domain/credentials/one-time-token.ts'

const now = Date.now()
const { derive } = keyedHash('a secret of the service, long enough')
const tokens = oneTimeTokens(env.TOKENS, derive, { now: () => now })
const token: OneTimeToken = {
  id: 'token-id',
  purpose: 'password_reset',
  tenant: 'acme',
  customerId: '12345678',
  credentialsRevision: 2,
  accountId: 'account',
  issuedAt: 0,
  expiresAt: now + 3_600_000,
}

describe('one-time tokens', () => {
  it('are found by their secret', async () => {
    expect(await tokens.find(await tokens.publish(token))).toEqual(token)
  })

  it('have the same secret each time that they are published', async () => {
    expect(await tokens.publish(token)).toBe(await tokens.publish(token))
  })

  it.each<Partial<OneTimeToken>>([{ id: 'other' }, { purpose: 'opt_in' }, { tenant: 'globex' }])(
    'T12: have another secret with %o',
    async (difference) => {
      expect(await tokens.publish({ ...token, ...difference })).not.toBe(await tokens.publish(token))
    },
  )

  it('are stored under a hash, without the secret', async () => {
    const secret = await tokens.publish(token)
    const { keys } = await env.TOKENS.list({ prefix: 'token:' })
    for (const { name } of keys) {
      expect(name).toMatch(/^token:[0-9a-f]{64}$/)
      expect(name + (await env.TOKENS.get(name))).not.toContain(secret)
    }
  })

  it.each([
    [3_600_000, 86_400 + 3600],
    [90_001, 86_400 + 91],
    [-5000, 86_400 - 5],
    [-86_400_000, 60],
  ])(
    'stay in KV until a day after their end, at least a minute: %i ms → %i s',
    async (left, expirationTtl) => {
      const put = vi.spyOn(env.TOKENS, 'put')
      await oneTimeTokens(env.TOKENS, derive, { now: () => now }).publish({ ...token, expiresAt: now + left })
      expect(put).toHaveBeenCalledWith(expect.any(String), expect.any(String), { expirationTtl })
      put.mockRestore()
    },
  )

  it.each(['', 'x', 'A'.repeat(43), 'A'.repeat(1_000_000), '../token', 'é'.repeat(43), '\0'])(
    'are not found by garbage: %.20s',
    async (garbage) => {
      expect(await tokens.find(garbage)).toBeUndefined()
    },
  )

  it.each(['', 'garbage', '[]', 'null', '{"id":"x"}', JSON.stringify({ ...token, purpose: 'root' })])(
    'are not found when what is stored is %s',
    async (text) => {
      const secret = await tokens.publish({ ...token, id: text || 'empty' })
      const { keys } = await env.TOKENS.list()
      await Promise.all(keys.map(({ name }) => env.TOKENS.put(name, text)))
      expect(await tokens.find(secret)).toBeUndefined()
    },
  )
})
