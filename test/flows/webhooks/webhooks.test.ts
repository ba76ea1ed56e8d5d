/**
 * A tenant's subscriptions: only to addresses and events that there are, nobody else's, and a secret that is shown when it is
 * made and never again.
 */
import { describe, expect, it } from 'vitest'
import { secretOverlapSeconds, webhooksMax } from '../../../src/domain/events/webhook.ts'
import type { WebhookDraft } from '../../../src/flows/webhooks/webhooks.ts'
import { serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const draft: WebhookDraft = {
  url: 'https://shop.example/events',
  format: 'cloudevents',
  events: ['*'],
  excludedFields: [],
  includeTokens: false,
}
const invalid = { error: { kind: 'InvalidInput' } }

async function subscribed(more: Partial<WebhookDraft> = {}) {
  const service = serviceInMemory()
  const { webhooks } = service.flows
  const created = valueOf(await webhooks.create(service.tenant, { ...draft, ...more }))
  const find = async () => valueOf(await webhooks.find(service.tenant, created.webhook.id))
  return { service, webhooks, tenant: service.tenant, id: created.webhook.id, ...created, find }
}

describe('a subscription', () => {
  it('shows its secret when it is made, and not when it is read', async () => {
    const { webhooks, tenant, webhook, secret, find } = await subscribed()
    expect(secret).toBe(`secret 1 of ${webhook.id}`)
    const read = [await find(), ...(await webhooks.list(tenant))]
    expect(read).toEqual([webhook, webhook])
    expect(JSON.stringify(read)).not.toContain(secret)
  })

  it.each([
    ['an address that events may not be sent to', { url: 'http://shop.example/events' }],
    ['an event that its format does not have', { events: ['customer.exploded'] }],
    ['an event of another format', { format: 'emporix', events: ['CustomerCreated'] }],
  ] satisfies [string, Partial<WebhookDraft>][])('is not made for %s', async (_what, more) => {
    const { webhooks, tenant } = await subscribed()
    expect(await webhooks.create(tenant, { ...draft, ...more })).toMatchObject(invalid)
    expect(await webhooks.list(tenant)).toHaveLength(1)
  })

  it.each([
    ['an address that events may not be sent to', { url: 'ftp://shop.example' }],
    ['an event that its format does not have', { events: ['customer.exploded'] }],
  ])('is not changed to %s', async (_what, patch) => {
    const { webhooks, tenant, id, webhook, find } = await subscribed()
    expect(await webhooks.change(tenant, id, patch)).toMatchObject(invalid)
    expect(await find()).toEqual(webhook)
  })

  it('is one of so many at most', async () => {
    const { webhooks, tenant } = await subscribed()
    for (let count = 1; count < webhooksMax; count += 1) valueOf(await webhooks.create(tenant, draft))
    expect(await webhooks.create(tenant, draft)).toMatchObject({ error: { kind: 'InvalidOperation' } })
  })

  it('is disabled by the operator, and enabled again', async () => {
    const { service, webhooks, tenant, id, find } = await subscribed()
    service.clock.time += 1000
    valueOf(await webhooks.change(tenant, id, { enabled: false }))
    const at = new Date(service.clock.time).toISOString()
    expect(await find()).toMatchObject({ disabled: { at, reason: 'operator' }, modifiedAt: at })
    valueOf(await webhooks.change(tenant, id, { enabled: true }))
    expect(await find()).not.toHaveProperty('disabled')
  })

  it('of another tenant, or of nobody, does not exist', async () => {
    const { service, webhooks, tenant, id, webhook, find } = await subscribed()
    const globex = await service.tenants.findTenant('globex')
    if (!globex) throw new Error('no other tenant')
    expect(await webhooks.list(globex)).toEqual([])
    const tried = [
      [globex, id],
      [tenant, 'nothing'],
    ] as const
    for (const [owner, webhookId] of tried) {
      const unknown = { ok: false, error: { kind: 'WebhookNotFound', webhookId } }
      expect(await webhooks.find(owner, webhookId)).toEqual(unknown)
      expect(await webhooks.change(owner, webhookId, { enabled: false })).toEqual(unknown)
      expect(await webhooks.rotateSecret(owner, webhookId)).toEqual(unknown)
      expect(await webhooks.deliveries(owner, webhookId, { limit: 10 })).toEqual(unknown)
      expect(await webhooks.ping(owner, webhookId)).toEqual(unknown)
      expect(await webhooks.remove(owner, webhookId)).toEqual(unknown)
    }
    expect(service.webhookSender.sent).toEqual([])
    expect(await find()).toEqual(webhook)
  })

  it('is gone when it has been removed', async () => {
    const { webhooks, tenant, id } = await subscribed()
    valueOf(await webhooks.remove(tenant, id))
    expect(await webhooks.list(tenant)).toEqual([])
    expect(await webhooks.remove(tenant, id)).toMatchObject({ error: { kind: 'WebhookNotFound' } })
  })
})

describe('a secret', () => {
  it('that is rotated signs beside the one before for a day, and alone after it', async () => {
    const { service, webhooks, tenant, id, secret } = await subscribed()
    const rotated = valueOf(await webhooks.rotateSecret(tenant, id))
    expect(rotated.secret).not.toBe(secret)
    const signedWith = async () => {
      valueOf(await webhooks.ping(tenant, id))
      return service.webhookSender.sent.at(-1)?.secrets
    }
    service.clock.time += secretOverlapSeconds * 1000 - 1
    expect(await signedWith()).toEqual([rotated.secret, secret])
    service.clock.time += 1
    expect(await signedWith()).toEqual([rotated.secret])
  })
})

describe('a ping', () => {
  it('sends an event about nothing, and says what came of it', async () => {
    const { service, webhooks, tenant, id } = await subscribed()
    service.webhookSender.outcome = { kind: 'failed', reason: 'no answer' }
    expect(valueOf(await webhooks.ping(tenant, id))).toEqual({ kind: 'failed', reason: 'no answer' })
    const [sent] = service.webhookSender.sent
    expect(sent).toMatchObject({ url: draft.url, format: 'cloudevents' })
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      type: 'webhook.ping',
      source: `/acme/webhooks/${id}`,
    })
  })
})
