/**
 * Headings "Legal Entities" and "Contact Assignments" of the customer management document, as far as customers need them:
 * a dialect of its own, because its failures look different.
 */
import type { Dialect } from '../../../http/endpoint.ts'
import { presentCompanyFailure } from './company-error.ts'
import { contactAssignmentEndpoints } from './contact-assignments.ts'
import { legalEntityEndpoints } from './legal-entities.ts'

export const companyDialect: Dialect = {
  name: 'emporix companies',
  endpoints: [...legalEntityEndpoints, ...contactAssignmentEndpoints],
  presentFailure: presentCompanyFailure,
}
