/**
 * What is left of a customer after the deletion of the account (T62), by the ways that a customer can leave something: mails to
 * an address that was never proved, and a company that was founded with the sign-up. `customer-rows.test.ts` looks at each table.
 */
import { describe, expect, it } from 'vitest'
import { call, mailbox, mailedToken, newCustomer, serviceToken, uniqueEmail } from '../support/client.ts'
import { officeOf } from '../support/company.ts'
import { newTenant, outboxEmpty } from './service.ts'

async function erase(tenant: string, email: string, token: string): Promise<void> {
  await call('DELETE', `/customer/${tenant}/me`, { token })
  const secret = await mailedToken(email, 'deletion')
  const gone = await call('DELETE', `/customer/${tenant}/me`, { token, query: { token: secret } })
  expect(gone.status, gone.text).toBe(202)
}

describe('a deletion', () => {
  it('T62 takes along the mails to a pending new address', async () => {
    const { email, password, tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const newEmail = uniqueEmail('pending')
    const body = { email, password, newEmail }
    await call('POST', '/customer/acme/me/accounts/internal/email/change', { token, body })
    expect(await mailbox(newEmail, 'email-change')).toHaveLength(1)
    await erase('acme', email, token)
    await outboxEmpty()
    expect(await mailbox(newEmail, undefined, 0)).toEqual([])
  })

  const registered = async (tenant: string, companyRegistrationId: string, company: string) =>
    newCustomer(tenant, { customerDetails: { company, b2b: { companyRegistrationId } } })
  const namesOf = async (tenant: string) => {
    const { send } = await officeOf(tenant)
    const { body } = await send<{ id: string; name: string; metadata: { version: number } }[]>(
      'GET',
      '/legal-entities',
    )
    return body
  }

  it('T62 takes along the company that only this customer has founded and acted for', async () => {
    const tenant = await newTenant()
    const number = crypto.randomUUID()
    const founder = await registered(tenant, number, 'Ada Lovelace e.K.')
    const member = await registered(tenant, number, 'Another name')
    expect((await namesOf(tenant)).map(({ name }) => name)).toEqual(['Ada Lovelace e.K.'])
    await erase(tenant, founder.email, founder.tokens.access_token)
    expect(await namesOf(tenant)).toHaveLength(1)
    await erase(tenant, member.email, member.tokens.access_token)
    expect(await namesOf(tenant)).toEqual([])
  })

  it('T62 leaves a company that the back office has made, or has taken over', async () => {
    const tenant = await newTenant()
    const office = await officeOf(tenant)
    await office.company({ name: 'Made', legalInfo: { registrationId: 'made' } })
    const [of, founder] = [
      await registered(tenant, 'made', 'X'),
      await registered(tenant, 'taken', 'Taken over'),
    ]
    const taken = (await namesOf(tenant)).find(({ name }) => name === 'Taken over')
    const body = { name: 'Taken over', type: 'COMPANY', legalInfo: { registrationId: 'taken' } }
    const written = await office.send('PUT', `/legal-entities/${taken?.id}`, {
      body: { ...body, metadata: { version: taken?.metadata.version } },
    })
    expect(written.status, written.text).toBeLessThan(300)
    for (const { email, tokens } of [of, founder]) await erase(tenant, email, tokens.access_token)
    expect((await namesOf(tenant)).map(({ name }) => name).sort()).toEqual(['Made', 'Taken over'])
  })

  it('T62 shows nobody how a company came about', async () => {
    const tenant = await newTenant()
    await registered(tenant, 'shown', 'Shown')
    const { text } = await call('GET', `/customer-management/${tenant}/legal-entities`, {
      token: await serviceToken(tenant),
    })
    expect(text).toContain('Shown')
    expect(text).not.toContain('selfFounded')
  })
})
