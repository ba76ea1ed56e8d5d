/**
 * Sign-up: checks, hash, then one write that either makes the customer or finds the e-mail taken.
 * The password is hashed before anybody knows whether the address is free, so both answers take the same time.
 */
import type { AddressPatch } from '../domain/address.ts'
import { createCustomer, type CustomerCreation } from '../domain/create.ts'
import type { Customer, CustomerDraft } from '../domain/customer.ts'
import { emailKey } from '../domain/email-address.ts'
import { tokenLifetime } from '../domain/one-time-token.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Context } from './context.ts'
import { checkMixins } from './mixins.ts'
import type { NewPasswords } from './new-password.ts'
import type { Ports } from './ports.ts'
import type { RequestedMails } from './requested-mails.ts'

export interface SignUp {
  email: string
  password: string
  draft: CustomerDraft
  addresses: AddressPatch[]
}

/** Generated ids collide rarely; so many in a row mean that something else is wrong. */
const collisionsMax = 5

export function signUpFlow(ports: SignUpPorts, newPasswords: NewPasswords, requestedMails: RequestedMails) {
  const { customers, passwords, limiter, mixinSchemas, clock, ids } = ports

  return {
    /** The new customer, or one that looks like it where the tenant hides which accounts exist; else `EmailTaken`. */
    async signUp({ tenant, network }: Context, request: SignUp): Promise<Result<Customer>> {
      const key = emailKey(request.email)
      const password = newPasswords.read(tenant, request.password)
      if (!password.ok) return password
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const screened = await newPasswords.screen(tenant, password.value, { emails: [request.email] })
      if (!screened.ok) return screened
      const counted = await limiter.recipient(tenant, key, clock.now())
      if (!counted.ok) return counted

      const now = clock.now()
      const account = { id: ids.accountId(), email: request.email, emailKey: key, initialPassword: false }
      const plan = (collisions: number): CustomerCreation => {
        const id = ids.customerId(collisions)
        return {
          id,
          draft: request.draft,
          account,
          addresses: request.addresses.map((address) => ({ id: ids.addressId(), address })),
          optInToken: {
            id: ids.tokenId(),
            purpose: 'opt_in',
            tenant: tenant.key,
            customerId: id,
            accountId: account.id,
            credentialsRevision: 1,
            expiresAt: now + tenant.settings.lifetimes[tokenLifetime.opt_in] * 1000,
          },
        }
      }
      const rehearsal = createCustomer(tenant, plan(0), now)
      if (!rehearsal.ok) return rehearsal
      const valid = await checkMixins(mixinSchemas, tenant, undefined, rehearsal.value.record.customer)
      if (!valid.ok) return valid

      const passwordHash = await passwords.hash(password.value)
      for (let collisions = 0; collisions < collisionsMax; collisions += 1) {
        const creation = plan(collisions)
        const created = await customers.create(
          tenant,
          { ...creation, account: { ...account, passwordHash } },
          now,
        )
        if (created.ok) return created
        if (created.error.kind === 'EmailTaken' && !tenant.settings.revealExistingAccounts) {
          await requestedMails.order(tenant, 'already-registered', key)
          return ok({ ...rehearsal.value.record.customer, id: creation.id })
        }
        if (created.error.kind !== 'CustomerIdTaken') return created
      }
      return fail({ kind: 'Unavailable', dependency: 'customer ids' })
    },
  }
}

type SignUpPorts = Pick<Ports, 'customers' | 'passwords' | 'limiter' | 'mixinSchemas' | 'clock' | 'ids'>
