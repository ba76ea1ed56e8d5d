/**
 * The ports: what the use cases need of the outside world, one file a subject. Adapters implement them, dialects see their
 * types only. This file re-exports and holds nothing.
 */
export type * from './attempts.ts'
export type * from './companies.ts'
export type * from './credentials.ts'
export type * from './customer-query.ts'
export type * from './customers.ts'
export type * from './mail.ts'
export type * from './messages.ts'
export type * from './neighbours.ts'
export type * from './page.ts'
export type * from './password-migrations.ts'
export type * from './ports.ts'
export type * from './resources.ts'
export type * from './runtime.ts'
export type * from './tenants.ts'
export type * from './webhooks.ts'
