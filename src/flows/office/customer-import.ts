/**
 * Customers who come from another system, with the hashes of their passwords: each is stored whole or not at all, and none
 * stands in the way of the others. Those whom nothing stands in the way of are written many at once; the others, and all of
 * a write that was refused, one by one through their objects. An item that is sent again, because its answer was lost, finds
 * what it made and is answered with that.
 */
import type { Actor } from '../../domain/base/actor.ts'
import type { Change } from '../../domain/changes/change.ts'
import { createCustomer } from '../../domain/changes/create.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import {
  importLegacyPassword,
  importNativePassword,
  type LegacyAuth,
} from '../../domain/passwords/imported-password.ts'
import { isOpen } from '../../domain/passwords/password-migration.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import { inTurns } from '../bounded.ts'
import type { OfficeContext } from '../context.ts'
import type { CustomerManagement } from './customer-management.ts'
import type { NewCustomer, PreparedCustomer } from '../writing/new-customer.ts'
import type { KnownAccount, Ports } from '../ports/index.ts'

export interface ImportItem extends Omit<NewCustomer, 'email' | 'password' | 'passwordHash'> {
  email: string
  /** Exactly one of the two. */
  nativeHash?: string | undefined
  legacyAuth?: LegacyAuth | undefined
}

export interface Imported {
  id: string
  /** It was there already, as an earlier sending of the same item has left it. */
  repeated: boolean
}

/** An item whose hash has been read. */
type Candidate = NewCustomer & { email: string; passwordHash: string }

/** Each is a call to a customer's object; two hundred items at once would be too many for one request. */
const atOnceMax = 10
/** Customers of one write, which the whole database waits for. */
const writtenAtOnceMax = 50

export function customerImportFlow(
  { accounts, importedCustomers, passwordMigrations, webhookQueue, clock, ids, defer, log }: ImportPorts,
  { prepare, create }: Pick<CustomerManagement, 'prepare' | 'create'>,
) {
  const read = (item: ImportItem, acceptsLegacy: boolean): Result<Candidate> => {
    const { nativeHash, legacyAuth, ...customer } = item
    const { contactEmail = item.email } = item.draft
    if (emailKey(contactEmail) !== emailKey(item.email))
      return invalid('contactEmail', 'contactEmail has to be the same as account.email.')
    const hash = readHash(nativeHash, legacyAuth, acceptsLegacy)
    if (!hash.ok) return hash
    return ok({ ...customer, draft: { ...item.draft, contactEmail }, passwordHash: hash.value })
  }

  const importOne = async (office: OfficeContext, candidate: Candidate): Promise<Result<Imported>> => {
    const created = await create(office, candidate)
    if (created.ok) return ok({ id: created.value.id, repeated: false })
    if (created.error.kind !== 'EmailTaken' && created.error.kind !== 'CustomerIdTaken') return created
    const there = await accounts.findAccount(office.tenant.key, emailKey(candidate.email))
    return there && isRepeat(candidate, there) ? ok({ id: there.customerId, repeated: true }) : created
  }

  /** False when no customer was stored, for any reason. */
  const store = async (
    prepared: readonly PreparedCustomer[],
    { tenant: { key: tenant }, actor }: OfficeContext,
  ): Promise<boolean> => {
    const changes: Change[] = []
    for (const one of prepared) {
      const change = createCustomer(one.tenant, one.creation(0), one.now)
      if (!change.ok || change.value.mails.length > 0) return false
      changes.push(change.value)
    }
    const write = { operationId: ids.operationId(), now: clock.now(), actor }
    try {
      const { deliveries } = await importedCustomers.insertAll(tenant, changes, write)
      // What gets lost here is found by its row.
      const orders = deliveries.map((id) => ({ tenant, id }))
      if (orders.length > 0)
        defer(webhookQueue.send(orders), 'webhook not queued', { tenant, ids: deliveries })
      return true
    } catch (error) {
      log.failure('import of a batch', error, { tenant, customers: changes.length })
      return false
    }
  }

  /** One item that fails is its own answer. */
  const alone = async <T>(tenant: string, work: Promise<Result<T>>): Promise<Result<T>> => {
    try {
      return await work
    } catch (error) {
      log.failure('import of a customer', error, { tenant })
      return unavailable
    }
  }

  return {
    /** In the order of the items; one that fails unexpectedly may be sent again. */
    async importAll(
      { tenant, actor }: { tenant: Tenant; actor: Actor },
      items: readonly ImportItem[],
    ): Promise<Result<Imported>[]> {
      const office = { tenant, actor }
      const hasLegacy = items.some(({ legacyAuth }) => legacyAuth !== undefined)
      const migration = hasLegacy ? await passwordMigrations.find(tenant.key) : undefined
      const acceptsLegacy = isOpen(migration, clock.now())
      const outcomes = new Map<number, Result<Imported>>()
      const settle = (place: number, outcome: Result<Imported>) => void outcomes.set(place, outcome)

      const candidates: Place<Candidate>[] = []
      for (const [place, item] of items.entries()) {
        const candidate = read(item, acceptsLegacy)
        if (candidate.ok) candidates.push({ place, value: { ...candidate.value } })
        else settle(place, candidate)
      }
      const drawn = candidates.map(({ value: { id } }) => id ?? ids.customerId(0))
      const known = await importedCustomers.lookUp(tenant.key, {
        emailKeys: candidates.map(({ value: { email } }) => emailKey(email)),
        customerIds: drawn,
      })

      const unhindered: Place<PreparedCustomer>[] = []
      const hindered: Place<Candidate>[] = []
      const named = new Set<string>()
      await inTurns([...candidates.entries()], atOnceMax, async ([index, { place, value }]) => {
        const key = emailKey(value.email)
        const id = drawn[index] ?? ''
        const there = known.accounts.get(key)
        if (there && isRepeat(value, there))
          return settle(place, ok({ id: there.customerId, repeated: true }))
        if (there || known.customerIds.has(id) || named.has(`@${key}`) || named.has(id))
          return void hindered.push({ place, value })
        named.add(`@${key}`).add(id)
        const prepared = await alone(tenant.key, prepare(office, { ...value, id }))
        if (prepared.ok) unhindered.push({ place, value: prepared.value })
        else settle(place, prepared)
      })
      for (let start = 0; start < unhindered.length; start += writtenAtOnceMax) {
        const some = unhindered.slice(start, start + writtenAtOnceMax)
        if (
          await store(
            some.map(({ value }) => value),
            office,
          )
        )
          for (const { place, value } of some) settle(place, ok({ id: value.rehearsed.id, repeated: false }))
        else hindered.push(...candidates.filter(({ place }) => some.some((one) => one.place === place)))
      }
      await inTurns(hindered, atOnceMax, async ({ place, value }) =>
        settle(place, await alone(tenant.key, importOne(office, value))),
      )
      return items.map((_item, place) => outcomes.get(place) ?? unavailable)
    },
  }
}

interface Place<T> {
  /** Of the item in the request. */
  place: number
  value: T
}

const unavailable = fail({ kind: 'Unavailable', dependency: 'customer' })

function readHash(
  nativeHash: string | undefined,
  legacyAuth: LegacyAuth | undefined,
  acceptsLegacy: boolean,
): Result<string> {
  if ((nativeHash === undefined) === (legacyAuth === undefined))
    return invalid('', "Exactly one of 'passwordHash' or 'legacyAuth' must be provided in the account")
  if (nativeHash !== undefined) return importNativePassword(nativeHash)
  if (!legacyAuth || !acceptsLegacy)
    return invalid('legacyAuth', 'This needs an active password migration retention configuration.')
  return importLegacyPassword(legacyAuth)
}

/** `there`: the account that has the candidate's e-mail. */
function isRepeat({ id, passwordHash }: Candidate, there: KnownAccount): boolean {
  return there.passwordHash === passwordHash && (id ?? there.customerId) === there.customerId
}

type ImportPorts = Pick<
  Ports,
  'accounts' | 'importedCustomers' | 'passwordMigrations' | 'webhookQueue' | 'clock' | 'ids' | 'defer' | 'log'
>
