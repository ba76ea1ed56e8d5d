/**
 * Each way by which a customer's own request causes a mail counts against the recipient's limit, over both dialects (P5, T29):
 * when it is spent, the request is refused and nothing has happened. What strangers cause is in `brute-force.test.ts`.
 */
import { expect, it } from 'vitest'
import { call, logIn, mailbox, newCustomer, uniqueEmail } from '../support/client.ts'
import { newTenant, outboxEmpty, wideLimits } from './service.ts'

const next = 'another horse battery'

type Caller = Awaited<ReturnType<typeof newCustomer>> & { tenant: string; bearer: string }

it.each<[string, (caller: Caller) => ReturnType<typeof call>]>([
  [
    'the password, Emporix',
    ({ tenant, bearer: token, password }) =>
      call('POST', `/customer/${tenant}/password/change`, {
        token,
        body: { currentPassword: password, newPassword: next },
      }),
  ],
  [
    'the password, commercetools',
    ({ tenant, bearer: token, password }) =>
      call('POST', `/${tenant}/me/password`, {
        token,
        body: { version: 1, currentPassword: password, newPassword: next },
      }),
  ],
  [
    'the e-mail, commercetools',
    ({ tenant, bearer: token }) =>
      call('POST', `/${tenant}/me`, {
        token,
        body: { version: 1, actions: [{ action: 'changeEmail', email: uniqueEmail() }] },
      }),
  ],
  [
    'a further account',
    ({ tenant, bearer: token }) =>
      call('POST', `/customer/${tenant}/me/accounts/internal`, {
        token,
        body: { email: uniqueEmail(), password: next },
      }),
  ],
])('T29 a spent limit of the mailbox refuses a change of %s', async (_what, change) => {
  const tenant = await newTenant({ limits: { ...wideLimits, mailsPerHour: 2 } })
  const customer = await newCustomer(tenant)
  const { email, password, token } = customer
  const caller = { ...customer, tenant, bearer: customer.tokens.access_token }
  await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email } })
  await outboxEmpty()
  const before = await mailbox(email)
  const refused = await change(caller)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3000)
  await outboxEmpty()
  expect(await mailbox(email)).toEqual(before)
  await logIn(tenant, { email, password })
})
