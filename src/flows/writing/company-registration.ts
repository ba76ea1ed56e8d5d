/**
 * The company that a new customer names by its registration id: looked up, or founded with the name that the customer gives.
 * Every stranger who knows the number may name it, so the assignment that comes of a sign-up opens no other customer's record
 * until the back office has written it. A company founded for a customer who is not made after all stays, without members.
 */
import type { Ports } from '../ports/index.ts'
import type { Standing } from '../../domain/customer/company.ts'
import type { CustomerDraft } from '../../domain/customer/customer.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { ContactAssignmentAction } from '../../domain/changes/update-action.ts'

export type CompanyRegistration = ReturnType<typeof companyRegistrationFlow>

export function companyRegistrationFlow({
  legalEntities,
  clock,
  ids,
}: Pick<Ports, 'legalEntities' | 'clock' | 'ids'>) {
  const contactOf = (legalEntityId: string, standing: Standing): ContactAssignmentAction => ({
    action: 'addContactAssignment',
    assignmentId: ids.companyId(),
    draft: { legalEntityId, type: 'CONTACT', primary: false, ...noMixins },
    ...standing,
  })

  return {
    /** What has to happen to a customer who is to act for the company. */
    contactOf,

    /** The same for the company that the draft names; nothing when it names none. */
    async register(
      tenant: Tenant,
      draft: CustomerDraft,
      standing: Standing,
    ): Promise<ContactAssignmentAction[]> {
      const { companyRegistrationId: registrationId, company: name } = draft
      if (!registrationId || !name) return []
      const time = new Date(clock.now()).toISOString()
      const company = {
        ...{ tenant: tenant.key, id: ids.companyId(), version: 1, createdAt: time, modifiedAt: time },
        ...{ name, type: 'COMPANY' as const, legalInfo: { legalName: name, registrationId }, ...noMixins },
        selfFounded: true as const,
      }
      const { id } = await legalEntities.findOrInsert(company, registrationId)
      return [contactOf(id, standing)]
    },
  }
}

const noMixins = { mixins: {}, mixinSchemas: {} }
