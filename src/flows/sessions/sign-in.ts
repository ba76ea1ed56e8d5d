/**
 * Sign-in with e-mail and password.
 * Limits come first, then one look-up, the counter, and always one hash, known account or not; what answers a wrong
 * password and an unknown e-mail is the same in content and in work.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { usableHash } from '../../domain/passwords/password-migration.ts'
import { checkPassword } from '../../domain/passwords/password-policy.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { TrustedAction } from '../../domain/changes/update-action.ts'
import type { Context, VisitorContext } from '../context.ts'
import type { Admission, Identified, Recognition } from './admission.ts'
import type { SignedIn } from './customer-session.ts'

export interface PasswordProof {
  email: string
  password: string
}

export function signInFlow({ accounts, passwords, limiter, clock }: SignInPorts, admission: Admission) {
  /** Whose the password is; an outdated hash is replaced with the log-in. */
  const recognise = async (
    { tenant, network }: Context,
    { email, password }: PasswordProof,
  ): Promise<Result<Recognition>> => {
    const checked = checkPassword(password)
    if (!checked.ok) return checked
    const passed = await limiter.network(tenant, network)
    if (!passed.ok) return passed
    const key = emailKey(email)
    const account = await accounts.findAccount(tenant.key, key)
    const counted = await limiter.account(tenant, key, clock.now(), account?.clearedAt)
    if (!counted.ok) return counted
    const hash = usableHash(account?.passwordHash, account?.legacyEndDate, clock.now())
    const correct = await passwords.verify(hash, checked.value)
    const isHidden = account?.optInPending === true && !tenant.settings.revealExistingAccounts
    if (!correct || !account || hash === undefined || isHidden) return fail({ kind: 'CredentialsRejected' })
    const { customerId, accountId, credentialsRevision } = account
    const besides: TrustedAction[] = passwords.isOutdated(hash)
      ? [{ action: 'rehashPassword', accountId, passwordHash: await passwords.hash(checked.value) }]
      : []
    return ok({ customerId, accountId, credentialsRevision, methods: ['pwd'], besides })
  }

  return {
    async signIn(context: VisitorContext, proof: PasswordProof): Promise<Result<SignedIn>> {
      const recognised = await recognise(context, proof)
      return recognised.ok ? admission.openSession(context, recognised.value) : recognised
    },

    /** Recognises a customer without opening a session: for APIs that hand out tokens elsewhere. */
    async identify(context: VisitorContext, proof: PasswordProof): Promise<Result<Identified>> {
      const recognised = await recognise(context, proof)
      return recognised.ok ? admission.withoutSession(context, recognised.value) : recognised
    },
  }
}

export type SignIn = ReturnType<typeof signInFlow>

type SignInPorts = Pick<Ports, 'accounts' | 'passwords' | 'limiter' | 'clock'>
