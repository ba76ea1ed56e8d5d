/**
 * The management endpoints described in OpenAPI 3.1, made of the list that is mounted and the schemas that decode requests,
 * so that it says what is true. Public, because it holds no data of a customer.
 */
import { z } from 'zod'
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { answers } from './answers.ts'

type Schema = Record<string, unknown>

export function openApiEndpoint(endpoints: readonly Endpoint[]): Endpoint {
  let document: Schema | undefined
  return endpoint({
    method: 'get',
    path: '/admin/openapi.json',
    heading: 'Read this description',
    tenantFrom: 'none',
    handle: async () => ({ status: 200, body: (document ??= describe(endpoints)) }),
  })
}

function describe(endpoints: readonly Endpoint[]): Schema {
  const paths: Record<string, Schema> = {}
  for (const one of endpoints) {
    const path = one.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [one.method]: operation(one) }
  }
  const scopes = [...new Set(endpoints.flatMap(({ access }) => access?.scopes ?? []))].sort()
  return {
    openapi: '3.1.0',
    info: {
      title: 'Patron management',
      version: '1',
      description: 'Words of mails and webhooks of a tenant, for its back office.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        service: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: Object.fromEntries(scopes.map((scope) => [scope, scopeText(scope)])),
            },
          },
        },
      },
    },
  }
}

function operation({ method, path, heading, access, query, body }: Endpoint): Schema {
  const { status, schema } = answers[`${method.toUpperCase()} ${path}`] ?? { status: 200 }
  const refused = ['400', '401', '403', '404', '409', '413', '415', '429', 'default']
  return {
    operationId: heading
      .toLowerCase()
      .replace(/[^a-z]+(\w)/g, (_gap, letter: string) => letter.toUpperCase()),
    summary: heading,
    security: (access?.scopes ?? []).map((scope) => ({ service: [scope] })),
    parameters: [...pathParameters(path), ...(query ? queryParameters(query) : [])],
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      [status]: {
        description: schema ? 'As asked for.' : 'Done.',
        ...(schema && { content: json(schemaOf(schema, 'output')) }),
      },
      ...Object.fromEntries(refused.map((code) => [code, problem])),
    },
  }
}

function pathParameters(path: string): Schema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }))
}

function queryParameters(query: z.ZodType): Schema[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }))
}

/** RFC 9457, as `error.ts` words it. */
const Problem = z.strictObject({
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), type: z.string(), detail: z.string() })).optional(),
})

const problem = {
  description: 'A problem, in words.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, { io })
  return schema
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } }
}

function scopeText(scope: string): string {
  const [, what = '', right = ''] = /^admin\.(\w+)_(\w+)$/.exec(scope) ?? []
  return right === 'read' ? `Look at every ${what}.` : `Look at and change every ${what}.`
}
