/**
 * Changing customers from the back office: create, update and erase, by id or by key, on behalf of a service principal,
 * and within one store when the caller keeps to it. What a request refers to and the passwords in it are settled here;
 * a request that was made on another version fails with that before anything else is wrong with it.
 */
import type { Customer } from '../domain/customer.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { ManagementAction, UpdateAction } from '../domain/update-action.ts'
import type { ChangeCustomer } from './change-customer.ts'
import type { OfficeContext } from './context.ts'
import type { RequestedAction } from './custom-fields.ts'
import type { CreateNew, NewCustomer } from './new-customer.ts'
import type { NewPasswords, PasswordOwner } from './new-password.ts'
import type { CustomerRef, Ports } from './ports.ts'
import type { References } from './references.ts'
import { settle, type Requested } from './requested.ts'

/** Without a password the customer signs in elsewhere from now on. */
export interface AuthenticationModeRequest {
  action: 'requestAuthenticationMode'
  password: string | undefined
}

export type OfficeAction = Requested<UpdateAction<ResourceRef> | ManagementAction | AuthenticationModeRequest>

export function customerManagementFlow(
  ports: ManagementPorts,
  newPasswords: NewPasswords,
  createNew: CreateNew,
  changeCustomer: ChangeCustomer,
  references: References,
) {
  const { customers, customerQuery, resources, passwords, clock, ids } = ports

  const refOf = async ({ tenant }: OfficeContext, named: ResourceRef): Promise<Result<CustomerRef>> => {
    if ('id' in named) return ok({ tenant: tenant.key, customerId: named.id })
    const customerId = await customerQuery.findId(tenant.key, named.key)
    return customerId === undefined
      ? fail({ kind: 'CustomerKeyUnknown', key: named.key })
      : ok({ tenant: tenant.key, customerId })
  }

  const conditionsOf = ({ actor, store }: OfficeContext, expectedVersion: number) => ({
    actor,
    expectedVersion,
    ...(store !== undefined && { store }),
  })

  /** The password in its normal form, if the tenant's policy takes it. */
  const accept = async (tenant: Tenant, text: string, owner: PasswordOwner): Promise<Result<string>> => {
    const password = newPasswords.read(tenant, text)
    if (!password.ok) return password
    const screened = await newPasswords.screen(tenant, password.value, owner)
    return screened.ok ? password : screened
  }

  /** Every password is hashed here, so that the customer's object only stores it. */
  const withHash = async (
    tenant: Tenant,
    customer: CustomerRef,
    action: UpdateAction<ResourceRef> | ManagementAction | AuthenticationModeRequest,
  ): Promise<Result<RequestedAction>> => {
    if (action.action !== 'requestAuthenticationMode') return ok(action)
    if (action.password === undefined) return ok({ action: 'setAuthenticationMode', passwordHash: undefined })
    const password = await accept(tenant, action.password, { customer })
    if (!password.ok) return password
    return ok({ action: 'setAuthenticationMode', passwordHash: await passwords.hash(password.value) })
  }

  const toActions = async (
    tenant: Tenant,
    customer: CustomerRef,
    requested: readonly OfficeAction[],
  ): Promise<Result<RequestedAction[]>> => {
    const settled = await settle(references, tenant, requested)
    if (!settled.ok) return settled
    const actions: RequestedAction[] = []
    for (const action of settled.value) {
      const hashed = await withHash(tenant, customer, action)
      if (!hashed.ok) return hashed
      actions.push(hashed.value)
    }
    return ok(actions)
  }

  return {
    /** The store of the caller comes first among the customer's. Fails with `EmailTaken` and `ValueTaken`. */
    async create(office: OfficeContext, request: NewCustomer): Promise<Result<Customer>> {
      const { tenant, actor, store } = office
      if (store !== undefined && !(await resources.find(tenant.key, 'store', { key: store })))
        return fail({ kind: 'ResourceNotFound', of: 'store', key: store })
      const password =
        request.password === undefined
          ? ok(undefined)
          : await accept(tenant, request.password, { emails: [request.email] })
      if (!password.ok) return password
      const within: ManagementAction[] = store === undefined ? [] : [{ action: 'addStore', store }]
      const decisions = [...(request.decisions ?? []), ...within]
      return createNew(tenant, { ...request, password: password.value, decisions }, { actor })
    },

    async update(
      office: OfficeContext,
      named: ResourceRef,
      requested: readonly OfficeAction[],
      expectedVersion: number,
    ): Promise<Result<Customer>> {
      const ref = await refOf(office, named)
      if (!ref.ok) return ref
      const conditions = conditionsOf(office, expectedVersion)
      const actions = await toActions(office.tenant, ref.value, requested)
      if (!actions.ok) {
        const command = { ...conditions, now: clock.now(), operationId: ids.operationId(), actions: [] }
        const current = await customers.execute(ref.value, command)
        return current.ok ? actions : current
      }
      const request = { ...conditions, tenant: office.tenant, ref: ref.value, actions: actions.value }
      const changed = await changeCustomer(request)
      return changed.ok ? ok(changed.value.customer) : changed
    },

    /** The last state. What was said about the customer stays until messages expire, unless all data is to go. */
    async erase(
      office: OfficeContext,
      named: ResourceRef,
      { expectedVersion, dataErasure }: { expectedVersion: number; dataErasure: boolean },
    ): Promise<Result<Customer>> {
      const ref = await refOf(office, named)
      if (!ref.ok) return ref
      return customers.erase(ref.value, {
        ...conditionsOf(office, expectedVersion),
        now: clock.now(),
        keepMessages: !dataErasure,
      })
    },
  }
}

type ManagementPorts = Pick<
  Ports,
  'customers' | 'customerQuery' | 'resources' | 'passwords' | 'clock' | 'ids'
>
