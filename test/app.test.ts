/**
 * Answers of last resort: what is away for a moment is 503, a fault of ours is 500, and the log has where it happened,
 * under the correlation id of the request, also when that was inside of an object.
 */
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { composePorts } from '../src/adapters/index.ts'
import { jsonLog } from '../src/adapters/log/json-log.ts'
import { anonymous, call, newCustomer } from './support/client.ts'
import { serviceWith } from './security/service.ts'

/** The service over a database that is asked for what `change` makes of each statement. */
function serviceOver(change: (statement: string) => string) {
  const DB = new Proxy(env.DB, {
    get: (target, name) =>
      name === 'prepare'
        ? (statement: string) => target.prepare(change(statement))
        : (Reflect.get(target, name) as () => unknown).bind(target),
  })
  const { accounts } = composePorts({ ...env, DB })
  return serviceWith(() => ({ accounts }))
}

async function logIn({ call: send }: ReturnType<typeof serviceWith>) {
  const { access_token: token } = await anonymous('acme')
  const body = { email: 'canary@shop.example', password: 'canary word' }
  const headers = { 'X-Correlation-ID': 'request-1' }
  return send('POST', '/customer/acme/login', { token, body, headers })
}

const failuresOf = (lines: readonly string[]) =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown> & { stack?: string[] })
    .filter(({ event }) => event === 'failure')

it('a statement that the database refuses is 500, with its place in the log and nothing of what was asked', async () => {
  const service = serviceOver((statement) => statement.replaceAll('"email_key"', 'nothing'))
  const answer = await logIn(service)
  expect(answer).toMatchObject({ status: 500, body: { type: 'internal_service_error' } })
  expect(answer.headers.get('Retry-After')).toBeNull()
  const [failure] = failuresOf(service.lines)
  expect(failure).toMatchObject({
    ...{ level: 'error', correlationId: 'request-1', error: 'RefusedStatement' },
    message: expect.stringContaining('SQLITE_ERROR') as string,
  })
  expect(failure?.stack?.join('\n')).toMatch(/findAccount/)
  expect(service.lines.join()).not.toMatch(/canary/)
})

it('a fault that speaks of the database or the network is 500 all the same', async () => {
  const findAccount = () => Promise.reject(new Error('The database network storage is overloaded.'))
  expect(
    await logIn(serviceWith(() => ({ accounts: { findAccount, findFormerOwner: findAccount } }))),
  ).toMatchObject({ status: 500 })
})

it.each([
  ['our word', Object.assign(new Error('away'), { retryable: true })],
  ['the platform’s word', Object.assign(new Error('busy'), { overloaded: true })],
])('an outage is 503 with the time to try again, by %s', async (_whose, error) => {
  const find = () => Promise.reject(error)
  const service = serviceWith(() => ({ accounts: { findAccount: find, findFormerOwner: find } }))
  const answer = await logIn(service)
  expect(answer).toMatchObject({ status: 503, body: { type: 'service_temporarily_unavailable' } })
  expect(answer.headers.get('Retry-After')).toBe('5')
})

it('a failure inside of a customer’s object is 500, and the log has the stack that it had there', async () => {
  const { tokens } = await newCustomer('acme')
  await env.DB.exec('ALTER TABLE addresses RENAME TO addresses_away')
  const service = serviceWith(() => ({}))
  const options = { token: tokens.access_token, body: { street: 'Canary Wharf 1' } }
  const answer = await service.call('POST', '/customer/acme/me/addresses', options)
  await env.DB.exec('ALTER TABLE addresses_away RENAME TO addresses')
  expect(answer).toMatchObject({ status: 500, body: { type: 'internal_service_error' } })
  const [failure] = failuresOf(service.lines)
  expect(failure).toMatchObject({ error: 'RefusedStatement', correlationId: expect.any(String) as string })
  expect(failure?.stack?.join('\n')).toMatch(/ask.*load/s)
  expect(service.lines.join()).not.toMatch(/canary/i)
  expect((await service.call('POST', '/customer/acme/me/addresses', options)).status).toBe(201)
})

it('work that no answer waits for fails into the log, and the answer stands', async () => {
  const lines: string[] = []
  const { defer } = composePorts(
    env,
    jsonLog((_level, line) => lines.push(line)),
  )
  const service = serviceWith(() => ({
    defer,
    outboxQueue: { send: () => Promise.reject(new Error('The queue is not there.')) },
  }))
  const { access_token: token } = await anonymous('acme')
  const body = { email: 'canary@shop.example' }
  const answer = await service.call('POST', '/customer/acme/password/reset', { token, body })
  expect(answer.status).toBe(204)
  await expect.poll(() => lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    ...{ level: 'error', event: 'mail not queued', tenant: 'acme', message: 'The queue is not there.' },
    ...{ id: expect.any(String), stack: expect.arrayContaining([expect.stringContaining('order')]) },
  })
  expect(lines.join()).not.toMatch(/canary/)
})

it('work of an object that no answer waits for fails into the log', async () => {
  const queue = Object.getPrototypeOf(env.OUTBOX_QUEUE) as { sendBatch(messages: object[]): Promise<void> }
  const refused = vi.spyOn(queue, 'sendBatch').mockRejectedValue(new Error('The queue is not there.'))
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { id, tokens } = await newCustomer('acme')
  const change = { currentPassword: 'correct horse battery', newPassword: 'another horse battery' }
  const path = '/customer/acme/password/change'
  expect((await call('POST', path, { token: tokens.access_token, body: change })).status).toBe(204)
  await expect.poll(() => logged.mock.calls.flat().map(String)).not.toEqual([])
  const lines = logged.mock.calls.flat().map((line) => JSON.parse(String(line)) as object)
  expect(lines.at(-1)).toMatchObject({ event: 'mail not queued', tenant: 'acme', customerId: id })
  refused.mockRestore()
  logged.mockRestore()
})
