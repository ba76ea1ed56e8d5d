/**
 * Heading "Import and migration" of the tenant-managed document, and the log-in for employees that it only keeps as a comment.
 */
import type { PasswordMigration } from '../../../domain/passwords/password-migration.ts'
import type { Result } from '../../../domain/base/result.ts'
import type { Tenant } from '../../../domain/tenant/tenant.ts'
import type { Imported, ImportItem } from '../../../flows/office/customer-import.ts'
import { endpoint, type Endpoint } from '../../../http/endpoint.ts'
import type { Decoded, HttpFailure } from '../../../http/failure.ts'
import { decode } from '../../../http/json-body.ts'
import { statusPhrases } from '../../../http/status-phrases.ts'
import { assistant, importManager, importReader } from '../access.ts'
import { presentFailure } from '../error.ts'
import { reply } from '../reply.ts'
import {
  AssistedBuyingLoginDto,
  CustomerImportDto,
  CustomerImports,
  PasswordMigrationRetentionConfigRequest,
} from './seller-schema.ts'
import { profileOf, sellerAddressToPatch } from './seller-translate.ts'
import { promised } from '../translate.ts'

const retention = '/customer/:tenant/config/password-migration-retention'

export const importEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: retention,
    heading: 'Retrieving password migration retention configuration',
    access: importReader,
    async handle({ tenant, flows }) {
      return reply(200, await flows.passwordMigration.find(tenant), presentRetention)
    },
  }),

  endpoint({
    method: 'post',
    path: retention,
    heading: 'Configuring password migration retention',
    access: importManager,
    body: PasswordMigrationRetentionConfigRequest,
    async handle({ tenant, body, flows }) {
      const configured = await flows.passwordMigration.configure(tenant, {
        endDate: body.retentionEndDate,
        reminderDate: body.emailReminderDate ?? undefined,
        notifies: body.emailNotificationsEnabled ?? undefined,
      })
      return reply(200, configured, presentRetention)
    },
  }),

  endpoint({
    method: 'delete',
    path: retention,
    heading: 'Removing password migration retention configuration',
    access: importManager,
    async handle({ tenant, flows }) {
      return reply(204, await flows.passwordMigration.remove(tenant))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/customers/import',
    heading: 'Importing customers in bulk',
    access: importManager,
    body: CustomerImports,
    async handle({ tenant, office, body, flows }) {
      const decoded = body.map((item) => decode(CustomerImportDto, item))
      const items = decoded.flatMap((item) => (item.ok ? [toImportItem(item.value)] : []))
      const imported = (await flows.customerImport.importAll(office, items)).values()
      const outcomes = decoded.map((item) => (item.ok ? (imported.next().value ?? item) : item))
      return { status: 207, body: outcomes.map((outcome, index) => presentItem(tenant, index, outcome)) }
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/assisted-buying-login',
    heading: 'Generating a customer token',
    access: assistant,
    body: AssistedBuyingLoginDto,
    async handle({ office, body, flows }) {
      const signedIn = await flows.assistedLogin(office, body.customerNumber)
      return reply(200, signedIn, (tokens) => ({
        accessToken: tokens.accessToken,
        saasToken: tokens.saasToken,
        expiresIn: promised(tokens.accessLifetimeSeconds),
        refreshToken: tokens.refreshToken,
        refreshTokenExpiresIn: promised(tokens.refreshLifetimeSeconds),
      }))
    },
  }),
]

function presentRetention({ endDate, reminderDate, notifies }: PasswordMigration) {
  return {
    retentionEndDate: endDate,
    emailReminderDate: reminderDate,
    emailNotificationsEnabled: notifies,
  }
}

function toImportItem({ account, addresses, ...profile }: CustomerImportDto): ImportItem {
  const { email, passwordHash, legacyAuth } = account
  const listed = addresses ?? []
  return {
    ...profileOf(profile),
    id: profile.id ?? undefined,
    email,
    nativeHash: passwordHash ?? undefined,
    ...(legacyAuth && { legacyAuth: { ...legacyAuth, context: legacyAuth.context ?? {} } }),
    addresses: listed.map(sellerAddressToPatch),
    addressIds: listed.map(({ id }) => id ?? undefined),
  }
}

/** Fields are named as they stand in the item. */
function presentItem(tenant: Tenant, index: number, outcome: Result<Imported> | Decoded<unknown>) {
  if (!outcome.ok) return { index, ...presentItemFailure(tenant, outcome.error) }
  const { id, repeated } = outcome.value as Imported
  const code = repeated ? 200 : 201
  return { index, id, code, status: statusPhrases[code] }
}

function presentItemFailure({ key }: Tenant, failure: HttpFailure) {
  const { status: code, body } = presentFailure(failure, { source: 'body', tenant: key })
  const { message } = body as { message: string }
  const status = statusPhrases[code]
  if (failure.kind !== 'InvalidInput') return { code, status, message }
  const problems = failure.violations.map(({ field, message: text }) =>
    field === '' ? text : `${field.replace(/^(passwordHash|legacyAuth)/, 'account.$1')}: ${text}`,
  )
  return {
    code,
    status,
    message: problems[0] ?? message,
    details: problems.map((text) => ({ message: text })),
  }
}
