/**
 * All use cases over one set of ports: what the dialects, the pages and the Worker's handlers see of the service.
 */
import { accountAssignmentFlow } from './account-assignment.ts'
import { anonymousSessionFlow } from './anonymous-session.ts'
import { changeCustomerFlow } from './change-customer.ts'
import { clientSessionFlow } from './client-session.ts'
import { customerSessionFlow } from './customer-session.ts'
import { customersFlow } from './customers.ts'
import { deletionFlow } from './deletion.ts'
import { emailChangeFlow } from './email-change.ts'
import { healthFlow } from './health.ts'
import { mailDeliveryFlow } from './mail-delivery.ts'
import { newPasswordFlow } from './new-password.ts'
import { oneTimeTokensFlow } from './one-time-tokens.ts'
import { optInFlow } from './opt-in.ts'
import { passwordFlow } from './password.ts'
import type { Ports } from './ports.ts'
import { profileFlow } from './profile.ts'
import { requestedMailsFlow } from './requested-mails.ts'
import { serviceTokenFlow } from './service-token.ts'
import { signInFlow } from './sign-in.ts'
import { signUpFlow } from './sign-up.ts'

export function buildFlows(ports: Ports) {
  const tokens = oneTimeTokensFlow(ports)
  const newPasswords = newPasswordFlow(ports)
  const requestedMails = requestedMailsFlow(ports)
  const sessions = customerSessionFlow(ports)
  const changeCustomer = changeCustomerFlow(ports)
  const signIn = signInFlow(ports, sessions)
  return {
    tenants: ports.tenants,
    accessTokens: ports.accessTokens,
    anonymousSessions: anonymousSessionFlow(ports),
    serviceTokens: serviceTokenFlow(ports),
    sessions,
    clientSessions: clientSessionFlow(ports, signIn, sessions),
    signIn,
    signUp: signUpFlow(ports, newPasswords, requestedMails),
    optIn: optInFlow(ports, tokens, signIn, requestedMails),
    profile: profileFlow(ports, changeCustomer),
    customers: customersFlow(ports),
    passwords: passwordFlow(ports, newPasswords, tokens, requestedMails),
    emailChange: emailChangeFlow(ports, tokens, requestedMails),
    deletion: deletionFlow(ports, tokens),
    accountAssignment: accountAssignmentFlow(ports, newPasswords, requestedMails),
    mailDelivery: mailDeliveryFlow(ports),
    health: healthFlow(ports),
  }
}

export type Flows = ReturnType<typeof buildFlows>
