/**
 * All use cases over one set of ports: what the dialects, the pages and the Worker's handlers see of the service.
 */
import { accountAssignmentFlow } from './account-assignment.ts'
import { anonymousSessionFlow } from './anonymous-session.ts'
import { assistedLoginFlow } from './assisted-login.ts'
import { changeCustomerFlow } from './change-customer.ts'
import { clientSessionFlow } from './client-session.ts'
import { companiesFlow } from './companies.ts'
import { companyRegistrationFlow } from './company-registration.ts'
import { contactAssignmentsFlow } from './contact-assignments.ts'
import { customerReachFlow } from './customer-reach.ts'
import { customerSessionFlow } from './customer-session.ts'
import { customFieldsFlow } from './custom-fields.ts'
import { customerImportFlow } from './customer-import.ts'
import { customerManagementFlow } from './customer-management.ts'
import { customerUpsertsFlow } from './customer-upserts.ts'
import { customersFlow } from './customers.ts'
import { deletionFlow } from './deletion.ts'
import { deliveryReportsFlow } from './delivery-reports.ts'
import { emailChangeFlow } from './email-change.ts'
import { healthFlow } from './health.ts'
import { issuedTokensFlow } from './issued-tokens.ts'
import { mailDeliveryFlow } from './mail-delivery.ts'
import { mailTemplatesFlow } from './mail-templates.ts'
import { messagesFlow } from './messages.ts'
import { newCustomersFlow } from './new-customer.ts'
import { newPasswordFlow } from './new-password.ts'
import { oneTimeTokensFlow } from './one-time-tokens.ts'
import { optInFlow } from './opt-in.ts'
import { passwordMigrationFlow } from './password-migration.ts'
import { passwordFlow } from './password.ts'
import type { EventPresenters, Ports } from './ports.ts'
import { profileFlow } from './profile.ts'
import { referencesFlow } from './references.ts'
import { resourceFlows } from './resource-kinds.ts'
import { requestedMailsFlow } from './requested-mails.ts'
import { retentionFlow } from './retention.ts'
import { serviceTokenFlow } from './service-token.ts'
import { signInFlow } from './sign-in.ts'
import { signUpFlow } from './sign-up.ts'
import { webhookDeliveryFlow } from './webhook-delivery.ts'
import { webhooksFlow } from './webhooks.ts'

/** `presenters` put events into the words of the dialects. */
export function buildFlows(ports: Ports, presenters: EventPresenters) {
  const tokens = oneTimeTokensFlow(ports)
  const newPasswords = newPasswordFlow(ports)
  const requestedMails = requestedMailsFlow(ports)
  const sessions = customerSessionFlow(ports)
  const references = referencesFlow(ports)
  const customers = customersFlow(ports)
  const customFields = customFieldsFlow(references, customers)
  const changeCustomer = changeCustomerFlow(ports, customFields)
  const newCustomers = newCustomersFlow(ports, references, customFields, companyRegistrationFlow(ports))
  const customerManagement = customerManagementFlow(
    ports,
    newPasswords,
    newCustomers,
    changeCustomer,
    references,
  )
  const signIn = signInFlow(ports, sessions)
  const webhookDelivery = webhookDeliveryFlow(ports, presenters)
  return {
    tenants: ports.tenants,
    accessTokens: ports.accessTokens,
    anonymousSessions: anonymousSessionFlow(ports),
    serviceTokens: serviceTokenFlow(ports),
    sessions,
    clientSessions: clientSessionFlow(ports, signIn, sessions),
    signIn,
    signUp: signUpFlow(ports, newPasswords, newCustomers, requestedMails),
    optIn: optInFlow(ports, tokens, signIn, requestedMails),
    profile: profileFlow(ports, changeCustomer),
    customers,
    customerManagement,
    customerUpserts: customerUpsertsFlow(ports, customerManagement),
    customerReach: customerReachFlow(sessions),
    companies: companiesFlow(ports),
    contactAssignments: contactAssignmentsFlow(ports, changeCustomer),
    messages: messagesFlow(ports),
    references,
    customFields,
    ...resourceFlows(ports),
    passwords: passwordFlow(ports, newPasswords, tokens, requestedMails),
    issuedTokens: issuedTokensFlow(ports, tokens),
    emailChange: emailChangeFlow(ports, tokens, requestedMails),
    deletion: deletionFlow(ports, tokens),
    assistedLogin: assistedLoginFlow(ports, sessions),
    customerImport: customerImportFlow(ports, customerManagement),
    passwordMigration: passwordMigrationFlow(ports),
    accountAssignment: accountAssignmentFlow(ports, newPasswords, requestedMails),
    mailDelivery: mailDeliveryFlow(ports),
    deliveryReports: deliveryReportsFlow(ports),
    mailTemplates: mailTemplatesFlow(ports),
    webhooks: webhooksFlow(ports, webhookDelivery),
    webhookDelivery,
    retention: retentionFlow(ports),
    health: healthFlow(ports),
  }
}

export type Flows = ReturnType<typeof buildFlows>
