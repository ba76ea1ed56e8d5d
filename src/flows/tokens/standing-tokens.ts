/**
 * Access tokens that still stand: good in themselves, and not taken back since. A token ends with the client that it names, a
 * service token with the client's revocation and a visitor's with the visitor's. All of it is remembered for a short while, so
 * that no request waits for it. Whether a customer's session is alive is the word of the customer's object alone.
 */
import type { Principal } from '../../domain/tenant/principal.ts'
import type { AccessTokens, Ports } from '../ports/index.ts'

export function standingTokens({ accessTokens, tenants, anonymousIds }: StandingPorts): AccessTokens {
  const stands = async (principal: Principal, issuedAt: number): Promise<boolean> => {
    const { tenant, clientId } = principal
    if (clientId === undefined) return true
    const client = await tenants.findClient(clientId)
    if (client?.tenant !== tenant) return false
    switch (principal.kind) {
      case 'customer':
        return true
      case 'service':
        return client.revokedAt === undefined || issuedAt > client.revokedAt
      case 'anonymous':
        return !(await anonymousIds.wasRevoked(tenant, principal.sessionId, issuedAt))
    }
  }

  return {
    ...accessTokens,
    async verify(token) {
      const verdict = await accessTokens.verify(token)
      if (!verdict.ok && verdict.reason === 'invalid') return verdict
      return (await stands(verdict.principal, verdict.issuedAt)) ? verdict : { ok: false, reason: 'invalid' }
    },
  }
}

type StandingPorts = Pick<Ports, 'accessTokens' | 'tenants' | 'anonymousIds'>
