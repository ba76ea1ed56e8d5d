/**
 * All use cases over one set of ports: what the dialects, the pages and the Worker's handlers see of the service.
 */
import { accountAssignmentFlow } from './account/account-assignment.ts'
import { admissionFlow } from './sessions/admission.ts'
import { anonymousSessionFlow } from './sessions/anonymous-session.ts'
import { assistedLoginFlow } from './sessions/assisted-login.ts'
import { changeCustomerFlow } from './writing/change-customer.ts'
import { clientSessionFlow } from './sessions/client-session.ts'
import { companiesFlow } from './office/companies.ts'
import { companyRegistrationFlow } from './writing/company-registration.ts'
import { contactAssignmentsFlow } from './office/contact-assignments.ts'
import { customerReachFlow } from './sessions/customer-reach.ts'
import { customerSessionFlow } from './sessions/customer-session.ts'
import { customFieldsFlow } from './writing/custom-fields.ts'
import { customerImportFlow } from './office/customer-import.ts'
import { customerManagementFlow } from './office/customer-management.ts'
import { customerUpsertsFlow } from './office/customer-upserts.ts'
import { findCustomersFlow } from './office/find-customers.ts'
import { deletionFlow } from './account/deletion.ts'
import { deliveryReportsFlow } from './mail/delivery-reports.ts'
import { emailChangeFlow } from './account/email-change.ts'
import { healthFlow } from './upkeep/health.ts'
import { issuedTokensFlow } from './tokens/issued-tokens.ts'
import { mailDeliveryFlow } from './mail/mail-delivery.ts'
import { mailTemplatesFlow } from './mail/mail-templates.ts'
import { messagesFlow } from './office/messages.ts'
import { newCustomersFlow } from './writing/new-customer.ts'
import { newPasswordFlow } from './writing/new-password.ts'
import { oneTimeTokensFlow } from './tokens/one-time-tokens.ts'
import { loginEmailFlow } from './account/login-email.ts'
import { mailboxLinksFlow } from './account/mailbox-links.ts'
import { optInFlow } from './account/opt-in.ts'
import { pageSessionFlow } from './sessions/page-session.ts'
import { passwordMigrationFlow } from './office/password-migration.ts'
import { passwordFlow } from './account/password.ts'
import type { EventPresenters, Ports } from './ports/index.ts'
import { profileFlow } from './account/profile.ts'
import { referencesFlow } from './writing/references.ts'
import { resourceFlows } from './office/resource-kinds.ts'
import { requestedMailsFlow } from './mail/requested-mails.ts'
import { retentionFlow } from './upkeep/retention.ts'
import { spellingsFlow } from './upkeep/spellings.ts'
import { serviceTokenFlow } from './sessions/service-token.ts'
import { signInFlow } from './sessions/sign-in.ts'
import { signUpFlow } from './account/sign-up.ts'
import { standingTokens } from './tokens/standing-tokens.ts'
import { webhookDeliveryFlow } from './webhooks/webhook-delivery.ts'
import { webhooksFlow } from './webhooks/webhooks.ts'

/** `presenters` put events into the words of the dialects. */
export function buildFlows(outside: Ports, presenters: EventPresenters) {
  const ports = { ...outside, accessTokens: standingTokens(outside) }
  const tokens = oneTimeTokensFlow(ports)
  const newPasswords = newPasswordFlow(ports)
  const requestedMails = requestedMailsFlow(ports)
  const sessions = customerSessionFlow(ports)
  const references = referencesFlow(ports)
  const findCustomers = findCustomersFlow(ports)
  const customFields = customFieldsFlow(references, findCustomers)
  const changeCustomer = changeCustomerFlow(ports, customFields)
  const newCustomers = newCustomersFlow(ports, references, customFields, companyRegistrationFlow(ports))
  const customerManagement = customerManagementFlow(
    ports,
    newPasswords,
    newCustomers,
    changeCustomer,
    references,
  )
  const admission = admissionFlow(ports, sessions)
  const signIn = signInFlow(ports, admission)
  const webhookDelivery = webhookDeliveryFlow(ports, presenters)
  return {
    databases: ports.databases,
    tenants: ports.tenants,
    accessTokens: ports.accessTokens,
    anonymousSessions: anonymousSessionFlow(ports),
    serviceTokens: serviceTokenFlow(ports),
    sessions,
    clientSessions: clientSessionFlow(ports, signIn, sessions),
    pageSessions: pageSessionFlow(ports),
    signIn,
    signUp: signUpFlow(ports, newPasswords, newCustomers, requestedMails),
    optIn: optInFlow(ports, tokens, admission, requestedMails),
    profile: profileFlow(ports, changeCustomer, loginEmailFlow(ports, requestedMails)),
    findCustomers,
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
    mailboxLinks: mailboxLinksFlow(ports, tokens),
    emailChange: emailChangeFlow(ports, tokens, requestedMails),
    deletion: deletionFlow(ports, tokens),
    assistedLogin: assistedLoginFlow(ports, admission),
    customerImport: customerImportFlow(ports, customerManagement),
    passwordMigration: passwordMigrationFlow(ports),
    accountAssignment: accountAssignmentFlow(ports, newPasswords, requestedMails),
    mailDelivery: mailDeliveryFlow(ports),
    deliveryReports: deliveryReportsFlow(ports),
    mailTemplates: mailTemplatesFlow(ports),
    webhooks: webhooksFlow(ports, webhookDelivery),
    webhookDelivery,
    retention: retentionFlow(ports),
    spellings: spellingsFlow(ports),
    health: healthFlow(ports),
  }
}

export type Flows = ReturnType<typeof buildFlows>
