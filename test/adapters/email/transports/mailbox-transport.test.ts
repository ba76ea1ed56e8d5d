/** The transport of development against a real local database. */
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { mailboxTransport, openMailbox } from '../../../../src/adapters/email/transports/mailbox-transport.ts'
import type { Mail } from '../../../../src/flows/ports/index.ts'

const transport = mailboxTransport(env.DB)
const mailbox = openMailbox(env.DB)

const mail = (id: string, rest: Partial<Mail> = {}): Mail => ({
  id,
  tenant: 'acme',
  template: 'opt-in',
  to: 'Ada@Shop.example',
  from: { name: 'Acme', email: 'shop@acme.example' },
  subject: 'Subject',
  text: 'Text',
  html: '<p>Text</p>',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...rest,
})

beforeEach(() => mailbox.clear())

describe('the development mailbox', () => {
  it('holds each mail once, however often it is delivered', async () => {
    await transport.send(mail('1', { token: 'token', link: 'https://shop.example/?token=token' }))
    await transport.send(mail('1', { subject: 'again' }))
    expect(await mailbox.list()).toEqual([
      mail('1', { token: 'token', link: 'https://shop.example/?token=token' }),
    ])
  })

  it('lists the newest first, also within one millisecond', async () => {
    await transport.send(mail('1', { createdAt: '2026-01-01T00:00:02.000Z' }))
    await transport.send(mail('2', { createdAt: '2026-01-01T00:00:01.000Z' }))
    await transport.send(mail('3', { createdAt: '2026-01-01T00:00:02.000Z' }))
    expect((await mailbox.list()).map(({ id }) => id)).toEqual(['3', '1', '2'])
  })

  it('finds a recipient in any letter case, and nobody else', async () => {
    await transport.send(mail('1'))
    await transport.send(mail('2', { to: 'other@shop.example' }))
    expect((await mailbox.list('aDA@shop.EXAMPLE')).map(({ id }) => id)).toEqual(['1'])
    expect(await mailbox.list("' OR 1=1 --")).toEqual([])
  })

  it('is empty after it was cleared', async () => {
    await transport.send(mail('1'))
    await mailbox.clear()
    expect(await mailbox.list()).toEqual([])
  })
})
