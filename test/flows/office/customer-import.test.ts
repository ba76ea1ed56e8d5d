/** What an import meets and does not tell its caller: it is in the log with its place, and the import goes on. */
import { expect, it } from 'vitest'
import { encodeBase64 } from '../../../src/domain/base/binary-text.ts'
import { intercepted, serviceWith } from '../../security/service.ts'
import { logIn, serviceToken, uniqueEmail } from '../../support/client.ts'
import { recordedLog } from '../../support/ports.ts'

const password = 'correct horse'

/** Two customers with a stored hash of the vendor's own form. */
async function items() {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, [
    'deriveBits',
  ])
  const parameters = { name: 'PBKDF2', hash: 'SHA-1', salt, iterations: 1000 }
  const hash = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 160))
  const passwordHash = `1:1000:${encodeBase64(salt)}:${encodeBase64(hash)}`
  return [uniqueEmail(), uniqueEmail()].map((email) => ({ account: { email, passwordHash } }))
}

it('a batch that cannot be stored is told, and its customers are stored one by one', async () => {
  const log = recordedLog()
  const { call } = serviceWith(({ importedCustomers }) => ({
    log,
    importedCustomers: intercepted(importedCustomers, (method) => {
      if (method === 'insertAll') throw new Error('planted in the batch')
    }),
  }))
  const body = await items()
  const answer = await call('POST', '/customer/acme/customers/import', {
    token: await serviceToken('acme'),
    body,
  })
  expect(answer.body).toMatchObject([{ code: 201 }, { code: 201 }])
  expect(log.failures).toMatchObject([
    {
      event: 'import of a batch',
      error: { message: 'planted in the batch' },
      about: { tenant: 'acme', customers: 2 },
    },
  ])
  for (const { account } of body) await logIn('acme', { email: account.email, password })
})

it('a customer whose storing fails is told and answered, and the others are imported', async () => {
  const log = recordedLog()
  const [bad, good] = await items()
  let failed = false
  const { call } = serviceWith(({ importedCustomers, customers }) => ({
    log,
    importedCustomers: intercepted(importedCustomers, (method) => {
      if (method === 'insertAll') throw new Error('planted in the batch')
    }),
    customers: intercepted(customers, (method) => {
      if (method !== 'create' || failed) return
      failed = true
      throw new Error('planted in one customer')
    }),
  }))
  const token = await serviceToken('acme')
  const { body } = await call<{ code: number }[]>('POST', '/customer/acme/customers/import', {
    token,
    body: [bad, good],
  })
  expect(body.map(({ code }) => code).toSorted()).toEqual([201, 503])
  expect(log.failures.map(({ event }) => event)).toEqual(['import of a batch', 'import of a customer'])
  expect((log.failures[1]?.error as Error).stack).toMatch(/planted in one customer/)
})
