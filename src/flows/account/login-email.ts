/**
 * `changeEmail` of a customer's own (commercetools; contract §7, P4, P5): at most one in a request, counted against the limits of
 * both mailboxes, since both get a mail. At once as the vendor has it, or a request that waits for the new mailbox where the
 * tenant hides accounts or asks for an opt-in; then a taken address is answered like a free one.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import { invalid, ok, fail, type Result } from '../../domain/base/result.ts'
import type { EmailAction, UpdateAction } from '../../domain/changes/update-action.ts'
import type { Account } from '../../domain/credentials/credentials.ts'
import { emailKey, sameEmail } from '../../domain/credentials/email-address.ts'
import type { TenantSettings } from '../../domain/tenant/tenant.ts'
import { proofOf, refOf, type CustomerContext } from '../context.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'
import { versionConflict } from '../object/conditions.ts'
import type { CustomerRecordView, Ports } from '../ports/index.ts'
import { newToken, prepareToken } from '../tokens/one-time-tokens.ts'
import type { UnresolvedAction } from '../writing/custom-fields.ts'

export interface PreparedActions {
  actions: UnresolvedAction[]
  /** To be called once the actions have been carried out. */
  afterwards(): Promise<void>
}

export function loginEmailFlow(ports: LoginEmailPorts, mails: RequestedMails) {
  const { customers, accounts, limiter, clock } = ports

  const atOnce = (context: CustomerContext, action: EmailAction): PreparedActions => {
    const undo = prepareToken(ports, context.tenant, 'email_undo')
    const confirmation = prepareToken(ports, context.tenant, 'email_confirmation')
    return { actions: [{ ...action, tokens: { undo, confirmation } }], afterwards: async () => {} }
  }

  const waiting = async (
    { tenant, principal }: CustomerContext,
    { email: newEmail }: EmailAction,
    { customer: { contactEmail }, credentials }: CustomerRecordView,
    account: Account,
  ): Promise<PreparedActions> => {
    const key = emailKey(newEmail)
    const taken = key !== account.emailKey && (await accounts.findAccount(tenant.key, key)) !== undefined
    const told = () => mails.order(tenant, 'already-registered', key)
    if (taken) return { actions: [], afterwards: told }
    const token = newToken(ports, tenant, 'email_change', {
      customerId: principal.customerId,
      accountId: account.id,
      revision: credentials.revision,
    })
    const syncContactEmail = contactEmail !== undefined && sameEmail(contactEmail, account.email)
    return {
      actions: [{ action: 'beginEmailChange', token, newEmail, syncContactEmail }],
      afterwards: async () => {},
    }
  }

  return {
    /** The actions as they can be carried out. Fails with `InvalidInput`, `SessionEnded`, `VersionConflict` or `TooManyAttempts`. */
    async prepare(
      context: CustomerContext,
      actions: UpdateAction<ResourceRef>[],
      expectedVersion: number | undefined,
    ): Promise<Result<PreparedActions>> {
      const [change, second] = actions.filter((action) => action.action === 'changeEmail')
      if (!change) return ok({ actions, afterwards: async () => {} })
      if (second) return invalid('email', 'A request changes the e-mail once at most.')
      const { tenant, principal } = context
      const found = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
      if (!found.ok) return found
      const conflict = versionConflict(found.value.customer, expectedVersion)
      if (conflict) return fail(conflict)
      const account = found.value.credentials.accounts[0]
      if (!account || account.email === change.email) return ok({ actions, afterwards: async () => {} })
      const hides = isHidden(tenant.settings)
      for (const key of hides ? [emailKey(change.email)] : [emailKey(change.email), account.emailKey]) {
        const counted = await limiter.recipient(tenant, key, clock.now())
        if (!counted.ok) return counted
      }
      const { actions: instead, afterwards } = hides
        ? await waiting(context, change, found.value, account)
        : atOnce(context, change)
      return ok({
        actions: actions.flatMap((action): UnresolvedAction[] => (action === change ? instead : [action])),
        afterwards,
      })
    },
  }
}

/** Whether a new address has to be proved before anything shows whether it was free. */
function isHidden({ optIn, revealExistingAccounts }: TenantSettings): boolean {
  return optIn === 'double' || !revealExistingAccounts
}

export type LoginEmailFlow = ReturnType<typeof loginEmailFlow>

type LoginEmailPorts = Pick<Ports, 'customers' | 'accounts' | 'limiter' | 'clock' | 'ids'>
