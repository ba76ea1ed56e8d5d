/**
 * Making one customer, for every caller: what the request refers to is found, the rules of the record and the schemas of free
 * data are tried first, then the password is hashed (`prepare`), then one write makes the customer or finds something taken
 * (`make`). The password is hashed before it is known whether the address is free, so both answers take the same time.
 */
import type { Ports } from '../ports/index.ts'
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { AddressPatch } from '../../domain/customer/address.ts'
import { createCustomer, type CustomerCreation } from '../../domain/changes/create.ts'
import type { Standing } from '../../domain/customer/company.ts'
import type { Customer, CustomerDraft } from '../../domain/customer/customer.ts'
import { loginEmail } from '../../domain/credentials/email-address.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { ManagementAction } from '../../domain/changes/update-action.ts'
import type { CustomFieldsFlow } from './custom-fields.ts'
import type { CompanyRegistration } from './company-registration.ts'
import { checkMixins } from './mixins.ts'
import { newInvitation, newToken } from '../tokens/one-time-tokens.ts'
import type { References } from './references.ts'
import { settle, type Unresolved } from './unresolved.ts'

/** What is known of the customer before it has ids; the password in its normal form and found to be good enough. */
export interface NewCustomer extends Pick<
  CustomerCreation,
  'languages' | 'addressUses' | 'emailVerified' | 'authenticationMode'
> {
  /** One of the caller's choice; else one is generated. */
  id?: string | undefined
  /** Absent for a contact who cannot sign in. */
  email?: string | undefined
  /** Absent for a customer who signs in elsewhere, or has yet to choose one. */
  password?: string | undefined
  /** An employee chose it, and the customer is asked to choose another. */
  initialPassword?: boolean | undefined
  /** A stored hash, instead of a password. */
  passwordHash?: string | undefined
  draft: CustomerDraft<ResourceRef>
  addresses: AddressPatch<ResourceRef>[]
  /** Of the caller's choice, by the places of the addresses. */
  addressIds?: readonly (string | undefined)[]
  decisions?: Unresolved<ManagementAction>[]
}

export interface Circumstances {
  actor?: Actor | undefined
  /** The owner of the address asks, and may have to prove that it is his. */
  optIn?: boolean
  /** Of the visitor who signs up. */
  sessionId?: string | undefined
  /** Two letters of the country that the request came from. */
  place?: string | undefined
  /** The owner of the account hears of it, and is invited to choose a password. */
  invited?: boolean
  /** The legal entity that makes the customer, as one of its members; absent: the one that the draft names, if any. */
  company?: string | undefined
}

/** A customer who breaks no rule; only the database can still say no. */
export interface PreparedCustomer {
  tenant: Tenant
  now: number
  /** The caller chose the id, so there is no other one to try. */
  hasOwnId: boolean
  /** What it is going to look like, but for a generated id. */
  rehearsed: Customer
  /** With an id that is longer with each one that was taken. */
  creation(collisions: number): CustomerCreation
}

export type NewCustomers = ReturnType<typeof newCustomersFlow>

/** Generated ids collide rarely; so many in a row mean that something else is wrong. */
const collisionsMax = 5

export function newCustomersFlow(
  ports: NewCustomerPorts,
  references: References,
  customFields: CustomFieldsFlow,
  { register: registerCompany, contactOf }: CompanyRegistration,
) {
  const { customers, passwords, mixinSchemas, clock, ids } = ports

  return {
    async prepare(
      tenant: Tenant,
      request: NewCustomer,
      { actor, optIn = false, invited = false, company, sessionId, place }: Circumstances = {},
    ): Promise<Result<PreparedCustomer>> {
      const { id: wantedId, email, password, initialPassword = false, passwordHash, ...more } = request
      const { draft, addresses, addressIds = [], decisions = [], ...rest } = more
      const decided = await settle(references, tenant, decisions)
      if (!decided.ok) return decided
      const identified = await customFields.identifyDraft(tenant, { draft, addresses })
      if (!identified.ok) return identified
      const now = clock.now()
      const named = email === undefined ? undefined : { ...loginEmail(email), initialPassword }
      const account = named && { id: ids.accountId(), ...named }
      const optInToken = (customerId: string, accountId: string) =>
        newToken(ports, tenant, 'opt_in', { customerId, accountId, revision: 1 })
      const plan = (collisions: number): CustomerCreation => {
        const id = wantedId ?? ids.customerId(collisions)
        return {
          ...rest,
          draft: identified.value.draft,
          id,
          ...(account && { account }),
          addresses: identified.value.addresses.map((address, place) => ({
            id: addressIds[place] ?? ids.addressId(),
            address,
          })),
          ...(actor && { actor }),
          ...(optIn && account && { optInToken: optInToken(id, account.id) }),
          ...(sessionId !== undefined && { visitor: { sessionId } }),
          ...(place !== undefined && { place }),
          ...(invited && { invitation: newInvitation(ports, tenant) }),
        }
      }
      const rehearsal = createCustomer(tenant, { ...plan(0), decisions: decided.value }, now)
      if (!rehearsal.ok) return rehearsal
      const { customer: rehearsed } = rehearsal.value.record
      const valid = await checkMixins(mixinSchemas, tenant, undefined, rehearsed)
      if (!valid.ok) return valid
      const fitting = await customFields.check(tenant, undefined, rehearsed)
      if (!fitting.ok) return fitting

      const joined =
        company === undefined
          ? await registerCompany(tenant, identified.value.draft, vouching(optIn, actor))
          : [contactOf(company, { madeByCompany: true })]
      const all = [...decided.value, ...joined]
      const hash = password === undefined ? passwordHash : await passwords.hash(password)
      const withPassword = account && {
        account: { ...account, ...(hash !== undefined && { passwordHash: hash }) },
      }
      const creation = (collisions: number) => ({ ...plan(collisions), decisions: all, ...withPassword })
      return ok({ tenant, now, hasOwnId: wantedId !== undefined, rehearsed, creation })
    },

    /** `whenTaken`: what to answer when the e-mail is, given a customer who looks like the one that is not made. */
    async make(
      { tenant, now, hasOwnId, rehearsed, creation: creationAfter }: PreparedCustomer,
      whenTaken?: (lookalike: Customer) => Promise<Result<Customer>>,
    ): Promise<Result<Customer>> {
      for (let collisions = 0; collisions < collisionsMax; collisions += 1) {
        const creation = creationAfter(collisions)
        const created = await customers.create(tenant, creation, now)
        if (created.ok) return created
        if (created.error.kind === 'EmailTaken' && whenTaken)
          return whenTaken({ ...rehearsed, id: creation.id })
        if (created.error.kind !== 'CustomerIdTaken' || hasOwnId) return created
      }
      return fail({ kind: 'Unavailable', dependency: 'customer ids' })
    },
  }
}

/** A customer who signs up speaks for himself; all others who make customers are of the back office. */
function vouching(isOwnWord: boolean, actor: Actor | undefined): Standing {
  if (isOwnWord) return { selfAssigned: true }
  return actor ? { confirmedBy: actor } : {}
}

type NewCustomerPorts = Pick<Ports, 'customers' | 'passwords' | 'mixinSchemas' | 'clock' | 'ids'>
