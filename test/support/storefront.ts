/**
 * One tenant's storefront as its own documents see it: paths below `/customer/{tenant}`, a visitor, and whether a customer is
 * still logged in. And the clock of both sides, for what runs out.
 */
import { vi } from 'vitest'
import { anonymous, call, type Answer, type CallOptions } from './client.ts'

export function storefrontOf(tenant: string) {
  const shop = (method: string, path: string, options: CallOptions = {}): Promise<Answer> =>
    call(method, `/customer/${tenant}${path}`, options)
  return {
    shop,
    /** A token of somebody new. */
    visitor: async () => (await anonymous(tenant)).access_token,
    isAlive: async (token: string) => (await shop('GET', '/validateauthtoken', { token })).status === 200,
  }
}

/** Goes on from now to a time that many milliseconds ahead: `Date` alone, until `vi.useRealTimers()`. */
export function later(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
}
