/**
 * The alarm of a customer's object: it goes off when a session ends, and leaves nothing of it behind.
 */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { anonymous, call, logIn, newCustomer } from '../../support/client.ts'

const day = 86_400_000

test('a customer who stays away has no session left after the last has ended, and can come back', async () => {
  const customer = await newCustomer('acme')
  await logIn('acme', customer)
  const object = env.CUSTOMERS.getByName(`acme:${customer.id}`)
  const look = () =>
    runInDurableObject(object, async (_object, { storage }) => ({
      sessions: [...storage.kv.list<{ endsAt: number }>({ prefix: 'session:' })].map(
        ([, { endsAt }]) => endsAt,
      ),
      alarm: await storage.getAlarm(),
    }))
  const { sessions, alarm } = await look()
  expect(sessions).toHaveLength(2)
  expect(alarm).toBe(Math.min(...sessions))

  vi.useFakeTimers({ toFake: ['Date'], now: Math.max(...sessions) + day })
  onTestFinished(() => void vi.useRealTimers())
  expect(await runDurableObjectAlarm(object)).toBe(true)
  expect(await look()).toEqual({ sessions: [], alarm: null })
  expect(await runDurableObjectAlarm(object)).toBe(false)

  const visitor = await anonymous('acme')
  const { access_token: token } = await logIn('acme', { ...customer, token: visitor.access_token })
  expect((await call('GET', '/customer/acme/me', { token })).status).toBe(200)
  expect((await look()).sessions).toHaveLength(1)
})
