/**
 * The shop's cart service over HTTP: told about a log-in, it answers with the customer's cart. The call carries a
 * short-lived token of this service, which the other side checks with the published keys. No answer in time, or a bad
 * one, is no cart: no log-in depends on it.
 */
import type { AccessTokens, CartService } from '../../flows/ports/index.ts'
import { isJsonObject, parseJson } from '../../domain/base/json.ts'
import { fetchText, type Fetch, type FetchLimits } from '../fetch/fetch-text.ts'

const cartLimits: FetchLimits = { timeoutMilliseconds: 2000, sizeMaxBytes: 512 * 1024 }
const tokenLifetimeSeconds = 60

export function cartService(
  fetch: Fetch,
  accessTokens: Pick<AccessTokens, 'issue'>,
  limits = cartLimits,
): CartService {
  return {
    async link({ key: tenant, settings }, customerId, link) {
      const url = settings.cartService?.url
      if (url === undefined) return undefined
      const scopes = ['link_carts']
      const principal = { kind: 'service' as const, tenant, clientId: 'patron', scopes }
      const token = await accessTokens.issue(principal, tokenLifetimeSeconds)
      const init = {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ tenant, customerId, ...link }),
      }
      const text = await fetchText(fetch, url, init, limits)
      const cart = text === undefined ? undefined : parseJson(text)
      return isJsonObject(cart) ? cart : undefined
    },
  }
}
