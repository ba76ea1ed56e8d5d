/** The session of a page is one of the customer's own: it is known while that one is alive, in its tenant, and nowhere else. */
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { composePorts } from '../../../src/adapters/index.ts'
import { pageSessionFlow } from '../../../src/flows/sessions/page-session.ts'
import { call, newCustomer } from '../../support/client.ts'

it('a sealed handle names its customer until the session ends, in its own tenant alone', async () => {
  const ports = composePorts(env)
  const flow = pageSessionFlow(ports)
  const [acme, globex] = [await ports.tenants.findTenant('acme'), await ports.tenants.findTenant('globex')]
  if (!acme || !globex) throw new Error('the seed has both tenants')
  const { id, tokens } = await newCustomer('acme')
  const verdict = await ports.accessTokens.verify(tokens.access_token)
  if (!verdict.ok || verdict.principal.kind !== 'customer') throw new Error('this is a token of a customer')
  const { sessionKey, sessionId } = verdict.principal

  const handle = await flow.seal({ tenant: 'acme', customerId: id, sessionKey })
  const known = await flow.recognise(acme, handle)
  expect(known).toMatchObject({
    ok: true,
    value: { kind: 'customer', tenant: 'acme', customerId: id, sessionId },
  })
  const ended = { ok: false, error: { kind: 'SessionEnded' } }
  expect(await flow.recognise(globex, handle)).toEqual(ended)
  expect(await flow.recognise(acme, `${handle}x`)).toEqual(ended)
  expect(await flow.recognise(acme, tokens.refresh_token)).toEqual(ended)
  const other = await flow.seal({ tenant: 'acme', customerId: '0000000000', sessionKey })
  expect(await flow.recognise(acme, other)).toMatchObject({ ok: false })

  const token = tokens.access_token
  await call('GET', '/customer/acme/logout', { token, query: { accessToken: token } })
  expect(await flow.recognise(acme, handle)).toEqual(ended)
})
