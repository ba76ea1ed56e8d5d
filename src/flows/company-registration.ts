/**
 * The company that a new customer names by its registration id: looked up, or founded with the name that the customer gives.
 * Whoever knows the number may name it, so the assignment that comes of it opens nobody else's record until the back office
 * has written it. A company founded for a sign-up that fails after all stays, with nobody in it.
 */
import type { CustomerDraft } from '../domain/customer.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { ContactAssignmentAction } from '../domain/update-action.ts'
import type { Ports } from './ports.ts'

export type CompanyRegistration = ReturnType<typeof companyRegistrationFlow>

export function companyRegistrationFlow({
  legalEntities,
  clock,
  ids,
}: Pick<Ports, 'legalEntities' | 'clock' | 'ids'>) {
  /** What has to happen to the new customer; nothing when no company is named. */
  return async (tenant: Tenant, draft: CustomerDraft): Promise<ContactAssignmentAction[]> => {
    const { companyRegistrationId: registrationId, company: name } = draft
    if (!registrationId || !name) return []
    const time = new Date(clock.now()).toISOString()
    const none = { mixins: {}, mixinSchemas: {} }
    const company = {
      ...{ tenant: tenant.key, id: ids.companyId(), version: 1, createdAt: time, modifiedAt: time },
      ...{ name, type: 'COMPANY' as const, legalInfo: { legalName: name, registrationId }, ...none },
    }
    const { id: legalEntityId } = await legalEntities.findOrInsert(company, registrationId)
    const assignment = { legalEntityId, type: 'CONTACT' as const, primary: false, ...none }
    const assignmentId = ids.companyId()
    return [{ action: 'addContactAssignment', assignmentId, draft: assignment, selfAssigned: true }]
  }
}
