/**
 * Contact assignments, as the back office manages them: read from the database, written through the customer's object that
 * they belong to. What the back office writes counts as confirmed.
 */
import type { ContactAssignmentDraft } from '../../domain/customer/company.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { ContactAssignmentAction } from '../../domain/changes/update-action.ts'
import type { OfficeContext } from '../context.ts'
import type { ChangeCustomer } from '../writing/change-customer.ts'
import type { ContactAssignmentView, Page, PageRequest, Ports } from '../ports/index.ts'

export interface ContactAssignmentRequest {
  customerId: string
  draft: ContactAssignmentDraft
}

export function contactAssignmentsFlow(
  { contactAssignments, ids }: Pick<Ports, 'contactAssignments' | 'ids'>,
  changeCustomer: ChangeCustomer,
) {
  const find = async (tenant: Tenant, id: string): Promise<Result<ContactAssignmentView>> => {
    const [found] = await contactAssignments.findAll(tenant.key, [id])
    return found ? ok(found) : fail({ kind: 'ResourceNotFound', of: 'contact-assignment', id })
  }

  const change = async (
    { tenant, actor }: OfficeContext,
    customerId: string,
    action: ContactAssignmentAction,
  ): Promise<Result<void>> => {
    const ref = { tenant: tenant.key, customerId }
    const changed = await changeCustomer({ tenant, ref, actor, actions: [action] })
    return changed.ok ? ok(undefined) : changed
  }

  /** Fails with `ReferenceUnresolved` without customer or legal entity, with `ValueTaken` for a second one of the same. */
  const create = async (
    office: OfficeContext,
    { customerId, draft }: ContactAssignmentRequest,
    id = ids.companyId(),
  ): Promise<Result<string>> => {
    const added = await change(office, customerId, {
      action: 'addContactAssignment',
      assignmentId: id,
      draft,
      confirmedBy: office.actor,
    })
    if (added.ok) return ok(id)
    return added.error.kind === 'CustomerNotFound'
      ? fail({ kind: 'ReferenceUnresolved', of: 'customer', id: customerId })
      : added
  }

  return {
    find,
    create,

    page(tenant: Tenant, request: PageRequest): Promise<Result<Page<ContactAssignmentView>>> {
      return contactAssignments.page(tenant.key, request)
    },

    /** True when there was none of this id before. A version that is expected of none is not found. */
    async put(
      office: OfficeContext,
      id: string,
      request: ContactAssignmentRequest,
      expectedVersion: number | undefined,
    ): Promise<Result<boolean>> {
      const current = await find(office.tenant, id)
      if (!current.ok) {
        if (expectedVersion !== undefined) return current
        const created = await create(office, request, id)
        return created.ok ? ok(true) : created
      }
      const { customer } = current.value
      if (customer.id !== request.customerId)
        return invalid('customer.id', 'An assignment stays with its customer. Delete it, and create another.')
      const changed = await change(office, customer.id, {
        action: 'changeContactAssignment',
        assignmentId: id,
        draft: request.draft,
        confirmedBy: office.actor,
        expectedVersion,
      })
      return changed.ok ? ok(false) : changed
    },

    async remove(office: OfficeContext, id: string): Promise<Result<void>> {
      const current = await find(office.tenant, id)
      if (!current.ok) return current
      const { customer } = current.value
      return change(office, customer.id, { action: 'removeContactAssignment', assignmentId: id })
    },
  }
}
