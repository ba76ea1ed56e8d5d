/**
 * The description of our own endpoints: complete, valid, and true of what they really answer.
 */
import { Validator, type Schema } from '@cfworker/json-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { adminDialect } from '../../../src/dialects/admin/index.ts'
import { adminScopes } from '../../../src/cli/scopes.ts'
import { newTenant } from '../../security/service.ts'
import { call, serviceToken, signUp, type Answer } from '../../support/client.ts'
import { subscribe, type Subscription } from '../../support/webhooks.ts'

interface Operation {
  operationId: string
  summary: string
  security: { service: string[] }[]
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
}
type Content = Record<string, { schema: Schema }>

interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    securitySchemes: { service: { flows: { clientCredentials: { scopes: Record<string, string> } } } }
  }
}

let document: OpenApi
const described = adminDialect.endpoints.filter(({ path }) => path !== '/admin/openapi.json')
const templated = (path: string) => path.replace(/:(\w+)/g, '{$1}')
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

beforeAll(async () => {
  const answer = await call<OpenApi>('GET', '/admin/openapi.json')
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'application/json'])
  document = answer.body
})

describe('The description', () => {
  it('has every endpoint that is mounted, with its scopes, and no other', () => {
    const ours = operations().map(({ path, method, operation: { summary, security } }) => [
      ...[method, path, summary, security.flatMap(({ service }) => service)],
    ])
    const mounted = described.map(({ method, path, heading, access }) => [
      ...[method, templated(path), heading, access?.scopes],
    ])
    expect(new Set(ours)).toEqual(new Set(mounted))
    const { scopes } = document.components.securitySchemes.service.flows.clientCredentials
    expect(adminScopes).toEqual(expect.arrayContaining(Object.keys(scopes)))
  })

  it('is valid where OpenAPI 3.1 says must', () => {
    expect(document.openapi).toBe('3.1.0')
    const ids = operations().map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of operations()) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(
        inPath.every(({ required }) => required),
        path,
      ).toBe(true)
      const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(
        inPath.map(({ name }) => name),
        path,
      ).toEqual(placeholders)
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        const type = /^2/.test(status) ? 'application/json' : 'application/problem+json'
        expect(status === '204' ? [] : [type], `${path} ${status}`).toEqual(Object.keys(content))
      }
    }
    const text = JSON.stringify(document)
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas)))
    expect(text).not.toContain('$schema')
  })
})

describe('What it describes', () => {
  it('is what is answered, and what is asked for is taken: each endpoint', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await signUp(tenant)
    await hook.received(1)
    const seen = new Set<string>()
    for (const [name, parameters, body] of requestsOf(hook)) {
      const [method = '', path = ''] = name.split(' ')
      const operation = document.paths[path]?.[method.toLowerCase()]
      const asked = operation?.requestBody?.content['application/json']?.schema
      if (body !== undefined) expect(asked && validate(asked, body), name).toEqual([])
      const place = Object.entries({ tenant, ...parameters }).reduce(
        (text, [parameter, value]) => text.replace(`{${parameter}}`, value),
        path,
      )
      const token = await serviceToken(tenant)
      expectDescribed(
        await call(method, place, { token, ...(body !== undefined && { body }) }),
        operation,
        name,
      )
      seen.add(name)
    }
    expect(seen).toEqual(
      new Set(described.map(({ method, path }) => `${method.toUpperCase()} ${templated(path)}`)),
    )
  })

  it('has its failures in the words that it describes', async () => {
    const tenant = await newTenant()
    const operation = document.paths['/admin/{tenant}/webhooks']?.['post']
    const token = await serviceToken(tenant)
    for (const options of [{ token, body: { url: 7 } }, { token, body: '{' }, { body: {} }]) {
      const answer = await call('POST', `/admin/${tenant}/webhooks`, options)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expectDescribed(answer, operation, String(answer.status))
    }
  })
})

function requestsOf({ id: webhookId }: Subscription): [string, Record<string, string>, unknown?][] {
  const words = { subject: 'Welcome', text: 'Welcome', html: '<p>Welcome</p>' }
  const mail = { template: 'welcome', language: 'it' }
  const [templates, webhooks] = ['/admin/{tenant}/templates', '/admin/{tenant}/webhooks']
  const [oneTemplate, one] = [`${templates}/{template}/{language}`, `${webhooks}/{webhookId}`]
  const draft = { url: 'https://shop.example/hook', format: 'emporix', events: ['*'] }
  return [
    [`GET ${templates}`, {}],
    [`PUT ${oneTemplate}`, mail, words],
    [`GET ${oneTemplate}`, mail],
    [`POST ${oneTemplate}/preview`, mail, words],
    [`DELETE ${oneTemplate}`, mail],
    [`POST ${webhooks}`, {}, draft],
    [`GET ${webhooks}`, {}],
    [`GET ${one}`, { webhookId }],
    [`POST ${one}/secret`, { webhookId }],
    [`POST ${one}/ping`, { webhookId }],
    [`GET ${one}/deliveries`, { webhookId }],
    [`POST ${one}/replay`, { webhookId }, { eventId: 'none' }],
    [`PATCH ${one}`, { webhookId }, { enabled: false }],
    [`DELETE ${one}`, { webhookId }],
  ]
}

function expectDescribed(answer: Answer, operation: Operation | undefined, name: string): void {
  const response = operation?.responses[answer.status]
  expect(response, `${name}: ${answer.status} ${answer.text}`).toBeDefined()
  const [[type, { schema }] = ['', { schema: undefined }]] = Object.entries(response?.content ?? {})
  if (schema === undefined) return expect(answer.text, name).toBe('')
  expect(answer.headers.get('Content-Type')).toBe(type)
  expect(validate(schema, answer.body), name).toEqual([])
}

/** What is wrong with a value. */
function validate(schema: Schema, value: unknown): string[] {
  const whole = { ...schema, components: document.components } as Schema
  return new Validator(whole, '2020-12', false).validate(value).errors.map(({ error }) => error)
}
