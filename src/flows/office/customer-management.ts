/**
 * Changing customers from the back office: create, update and erase, by id or by key, on behalf of a service principal,
 * and within one store or company when the caller keeps to it. What a request refers to and the passwords in it are settled here;
 * a request that was made on another version fails with that before anything else is wrong with it.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import { refusedRestriction, type Tenant } from '../../domain/tenant/tenant.ts'
import type { ManagementAction, UpdateAction } from '../../domain/changes/update-action.ts'
import type { ChangeCustomer } from '../writing/change-customer.ts'
import type { OfficeContext } from '../context.ts'
import type { UnresolvedAction } from '../writing/custom-fields.ts'
import type { NewCustomer, NewCustomers, PreparedCustomer } from '../writing/new-customer.ts'
import type { NewPasswords, PasswordOwner } from '../writing/new-password.ts'
import { newInvitation } from '../tokens/one-time-tokens.ts'
import { beyondOwnStores, outcomeRefusal } from '../object/conditions.ts'
import type { CustomerRef, Ports } from '../ports/index.ts'
import type { References } from '../writing/references.ts'
import { settle, type Unresolved } from '../writing/unresolved.ts'

/** Without a password the customer signs in elsewhere from now on. */
export interface AuthenticationModeRequest {
  action: 'requestAuthenticationMode'
  password: string | undefined
}

export type OfficeAction = Unresolved<
  UpdateAction<ResourceRef> | ManagementAction | AuthenticationModeRequest
>

export interface UpdateOptions {
  expectedVersion?: number | undefined
  /** A customer who gets a way to sign in is told by mail. */
  invites?: boolean | undefined
}

export function customerManagementFlow(
  ports: ManagementPorts,
  newPasswords: NewPasswords,
  newCustomers: NewCustomers,
  changeCustomer: ChangeCustomer,
  references: References,
) {
  const { customers, customerQuery, resources, passwords, limiter, clock, ids } = ports

  const refOf = async ({ tenant }: OfficeContext, named: ResourceRef): Promise<Result<CustomerRef>> => {
    if ('id' in named) return ok({ tenant: tenant.key, customerId: named.id })
    const customerId = await customerQuery.findId(tenant.key, named.key)
    return customerId === undefined
      ? fail({ kind: 'CustomerKeyUnknown', key: named.key })
      : ok({ tenant: tenant.key, customerId })
  }

  const conditionsOf = (
    { actor, store, reach, ownStores }: OfficeContext,
    expectedVersion: number | undefined,
  ) => ({
    actor,
    ...(reach && { reach }),
    ...(ownStores && { ownStores }),
    ...(expectedVersion !== undefined && { expectedVersion }),
    ...(store !== undefined && { store }),
  })

  /** A caller who manages one company only is a stranger to the mailboxes that the request names. */
  const countMail = async (
    { tenant, reach }: OfficeContext,
    recipient: string | undefined,
  ): Promise<Result<void>> =>
    reach?.kind === 'company' && recipient !== undefined
      ? limiter.recipient(tenant, emailKey(recipient), clock.now())
      : ok(undefined)

  /** The password in its normal form, if the tenant's policy takes it. */
  const accept = async (tenant: Tenant, text: string, owner: PasswordOwner): Promise<Result<string>> => {
    const password = newPasswords.read(tenant, text)
    if (!password.ok) return password
    const screened = await newPasswords.screen(tenant, password.value, owner)
    return screened.ok ? password : screened
  }

  /** Every password is hashed here, so that the customer's object only stores it; ids and tokens are made here, too. */
  const complete = async (
    tenant: Tenant,
    customer: CustomerRef,
    action: UpdateAction<ResourceRef> | ManagementAction | AuthenticationModeRequest,
    invites: boolean,
  ): Promise<Result<UnresolvedAction>> => {
    const invitation = () => (invites ? newInvitation(ports, tenant) : undefined)
    switch (action.action) {
      case 'requestAuthenticationMode': {
        if (action.password === undefined)
          return ok({ action: 'setAuthenticationMode', passwordHash: undefined })
        const password = await accept(tenant, action.password, { customer })
        if (!password.ok) return password
        return ok({ action: 'setAuthenticationMode', passwordHash: await passwords.hash(password.value) })
      }
      case 'setStatus':
        return ok({ ...action, invitation: invitation() })
      case 'setType':
        return ok({ ...action, accountId: ids.accountId(), invitation: invitation() })
      case 'setRestriction':
        return refusedRestriction(tenant, 'restriction', action.restriction) ?? ok(action)
      default:
        return ok(action)
    }
  }

  const toActions = async (
    tenant: Tenant,
    customer: CustomerRef,
    unresolved: readonly OfficeAction[],
    invites: boolean,
  ): Promise<Result<UnresolvedAction[]>> => {
    const settled = await settle(references, tenant, unresolved)
    if (!settled.ok) return settled
    const actions: UnresolvedAction[] = []
    for (const action of settled.value) {
      const completed = await complete(tenant, customer, action, invites)
      if (!completed.ok) return completed
      actions.push(completed.value)
    }
    return ok(actions)
  }

  const update = async (
    office: OfficeContext,
    named: ResourceRef,
    unresolved: readonly OfficeAction[],
    { expectedVersion, invites = true }: UpdateOptions,
  ): Promise<Result<Customer>> => {
    const ref = await refOf(office, named)
    if (!ref.ok) return ref
    const counted = await countMail(office, contactEmailIn(unresolved))
    if (!counted.ok) return counted
    const conditions = conditionsOf(office, expectedVersion)
    const actions = await toActions(office.tenant, ref.value, unresolved, invites)
    if (!actions.ok) {
      const command = { ...conditions, now: clock.now(), operationId: ids.operationId(), actions: [] }
      const current = await customers.execute(ref.value, command)
      return current.ok ? asFarAsSeen(office, named, actions) : asFarAsSeen(office, named, current)
    }
    const request = { ...conditions, tenant: office.tenant, ref: ref.value, actions: actions.value }
    const changed = await changeCustomer(request)
    return changed.ok ? ok(changed.value.customer) : asFarAsSeen(office, named, changed)
  }

  /**
   * Everything but the write. The store of the caller comes last among the customer's; the company is its only one. A company
   * chooses no password and no id, since the answer would say whether the id is given out.
   */
  const prepare = async (
    office: OfficeContext,
    asked: NewCustomer,
    { invites = false }: Pick<UpdateOptions, 'invites'> = {},
  ): Promise<Result<PreparedCustomer>> => {
    const { tenant, actor, store, reach } = office
    const company = reach?.kind === 'company' ? reach.legalEntityId : undefined
    const { id: _id, password: _password, initialPassword: _initial, ...unnamed } = asked
    const request: NewCustomer = company === undefined ? asked : unnamed
    if (store !== undefined && !(await resources.find(tenant.key, 'store', { key: store })))
      return fail({ kind: 'ResourceNotFound', of: 'store', key: store })
    const refused = refusedDecision(tenant, request)
    if (refused) return refused
    if (request.password !== undefined && request.email === undefined)
      return invalid('password', 'There is no log-in that the password could be for.')
    const counted = await countMail(office, request.email ?? request.draft.contactEmail)
    if (!counted.ok) return counted
    const emails = request.email === undefined ? [] : [request.email]
    const password =
      request.password === undefined ? ok(undefined) : await accept(tenant, request.password, { emails })
    if (!password.ok) return password
    const within: ManagementAction[] = store === undefined ? [] : [{ action: 'addStore', store }]
    const decisions = [...(request.decisions ?? []), ...within]
    const wanted = { ...request, password: password.value, decisions }
    const invited = invites || company !== undefined
    const prepared = await newCustomers.prepare(tenant, wanted, { actor, invited, company })
    if (!prepared.ok) return asFarAsSeen(office, undefined, prepared)
    const beyond = outcomeRefusal(undefined, prepared.value.rehearsed, office)
    return beyond ? fail(beyond) : prepared
  }

  /** Fails with `EmailTaken`, `CustomerIdTaken` and `ValueTaken`. */
  const create = async (
    office: OfficeContext,
    request: NewCustomer,
    options?: Pick<UpdateOptions, 'invites'>,
  ): Promise<Result<Customer>> => {
    const prepared = await prepare(office, request, options)
    return prepared.ok ? newCustomers.make(prepared.value) : prepared
  }

  return {
    prepare,
    create,
    update,

    /** The last state. What was said about the customer stays until messages expire, unless all data is to go. */
    async erase(
      office: OfficeContext,
      named: ResourceRef,
      { expectedVersion, dataErasure }: { expectedVersion?: number; dataErasure: boolean },
    ): Promise<Result<Customer>> {
      const ref = await refOf(office, named)
      if (!ref.ok) return ref
      const conditions = conditionsOf(office, expectedVersion)
      const erased = await customers.erase(ref.value, {
        ...conditions,
        now: clock.now(),
        keepMessages: !dataErasure,
      })
      return erased.ok ? erased : asFarAsSeen(office, named, erased)
    },
  }
}

/** A failure in terms of what the caller has named, so that it tells nothing of customers and stores beyond reach. */
function asFarAsSeen(
  { ownStores }: OfficeContext,
  named: ResourceRef | undefined,
  failure: Result<never>,
): Result<never> {
  if (failure.ok) return failure
  const { error } = failure
  if (error.kind === 'CustomerNotFound' && named && 'key' in named)
    return fail({ kind: 'CustomerKeyUnknown', key: named.key })
  if (error.kind === 'ReferenceUnresolved' && error.of === 'store' && ownStores) return fail(beyondOwnStores)
  return failure
}

function contactEmailIn(unresolved: readonly OfficeAction[]): string | undefined {
  for (const one of unresolved)
    if ('action' in one && one.action === 'set' && one.field === 'contactEmail') return one.value
  return undefined
}

function refusedDecision(tenant: Tenant, { decisions = [] }: NewCustomer): Result<never> | undefined {
  for (const decision of decisions) {
    if (!('action' in decision) || decision.action !== 'setRestriction') continue
    return refusedRestriction(tenant, 'restriction', decision.restriction)
  }
  return undefined
}

type ManagementPorts = Pick<
  Ports,
  'customers' | 'customerQuery' | 'resources' | 'passwords' | 'limiter' | 'clock' | 'ids'
>

export type CustomerManagement = ReturnType<typeof customerManagementFlow>
