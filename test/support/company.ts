/**
 * The back office of customer management, for tests inside workerd: companies, their contacts, tokens of a company.
 */
import { call, serviceToken, type Answer, type CallOptions, type CustomerTokens } from './client.ts'

export interface Office {
  tenant: string
  /** Without a token of its own a call is the back office's. */
  send<Body = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>
  company(body?: object): Promise<string>
  assign(customerId: string, legalEntityId: string, body?: object): Promise<string>
}

export async function officeOf(tenant: string): Promise<Office> {
  const token = await serviceToken(tenant)
  const send = <Body>(method: string, path: string, options: CallOptions = {}) =>
    call<Body>(method, `/customer-management/${tenant}${path}`, { token, ...options })
  const create = async (path: string, body: object) => {
    const answer = await send<{ id: string }>('POST', path, { body })
    if (answer.status !== 201) throw new Error(`nothing created: ${answer.text}`)
    return answer.body.id
  }
  return {
    tenant,
    send,
    company: (body = {}) => create('/legal-entities', { name: 'ABC Company', ...body }),
    assign: (customerId, legalEntityId, body = {}) =>
      create('/contact-assignments', {
        customer: { id: customerId },
        legalEntity: { id: legalEntityId },
        ...body,
      }),
  }
}

/** Of a log-in or an earlier refresh; `legalEntityId` absent: no company. */
export function refresh(
  tenant: string,
  tokens: Pick<CustomerTokens, 'access_token' | 'refresh_token'>,
  legalEntityId?: string,
): Promise<Answer<CustomerTokens>> {
  return call<CustomerTokens>('GET', `/customer/${tenant}/refreshauthtoken`, {
    token: tokens.access_token,
    query: {
      refreshToken: tokens.refresh_token,
      ...(legalEntityId === undefined ? {} : { legalEntityId }),
    },
  })
}
