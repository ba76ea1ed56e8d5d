/**
 * When a one-time token can be spent: each purpose in each state of the credentials (T12: a token dies with the state
 * that it was issued for).
 */
import type { MailedTokenPurpose, TokenPurpose } from '../../../src/domain/base/names.ts'
import { describe, expect, it } from 'vitest'
import { optInIdempotenceSeconds, type Credentials } from '../../../src/domain/credentials/credentials.ts'
import { isSpendable, termOf } from '../../../src/domain/credentials/one-time-token.ts'
import { defaultTenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { accountOf, now, tokenOf } from '../../support/records.ts'

const plain: Credentials = { revision: 3, accounts: [accountOf('ada')] }
const idempotenceMs = optInIdempotenceSeconds * 1000
const undo = {
  tokenId: 'token',
  releaseTokenId: 'other',
  accountId: 'ada',
  email: 'old@shop.example',
  emailKey: 'old@shop.example',
  since: now,
  until: now + 2,
}
const unproved: Credentials = { ...plain, accounts: [accountOf('ada')] }
const byLink = { ...accountOf('ada'), proved: { at: now, by: 'sign_up_link' as const } }
const byReset = { ...accountOf('ada'), proved: { at: now, by: 'password_reset' as const } }
const waiting = {
  id: 'bob',
  email: 'bob@shop.example',
  emailKey: 'bob@shop.example',
  added: { at: now },
  until: now + 2,
}
const change = { accountId: 'ada', newEmail: 'new@shop.example', syncContactEmail: false }

const states: Record<string, Credentials> = {
  plain,
  'opt-in pending': { ...plain, optInPending: true },
  'opt-in just accepted by it': { ...plain, optInAccepted: { tokenId: 'token', at: now } },
  'opt-in accepted by it ten minutes ago': {
    ...plain,
    optInAccepted: { tokenId: 'token', at: now - idempotenceMs },
  },
  'opt-in accepted by it more than ten minutes ago': {
    ...plain,
    optInAccepted: { tokenId: 'token', at: now - idempotenceMs - 1 },
  },
  'opt-in accepted by another': { ...plain, optInAccepted: { tokenId: 'other', at: now } },
  'e-mail change pending by it': { ...plain, emailChange: { ...change, tokenId: 'token' } },
  'tokens cut off until now': {
    ...plain,
    tokensSince: { password_reset: now, email_verification: now },
  },
  'tokens cut off after it': {
    ...plain,
    tokensSince: { password_reset: now + 1, email_verification: now + 1 },
  },
  'e-mail change that it can undo': { ...plain, emailUndos: [undo] },
  'e-mail change that another can undo': { ...plain, emailUndos: [{ ...undo, tokenId: 'other' }] },
  'e-mail change pending by another': { ...plain, emailChange: { ...change, tokenId: 'other' } },
  'e-mail change that the new mailbox can take back by it': {
    ...plain,
    emailUndos: [{ ...undo, tokenId: 'other', releaseTokenId: 'token' }],
  },
  'further account that waits for it': { ...plain, pendingAccounts: [{ ...waiting, tokenId: 'token' }] },
  'further account that waits for another': { ...plain, pendingAccounts: [{ ...waiting, tokenId: 'other' }] },
  'sign-up by its mail, not proved': { ...unproved, signUp: { tokenId: 'token' } },
  'sign-up by its mail, proved by that alone': { ...plain, accounts: [byLink], signUp: { tokenId: 'token' } },
  'sign-up by its mail, proved otherwise': { ...plain, accounts: [byReset], signUp: { tokenId: 'token' } },
}

const spendable: Record<TokenPurpose, string[]> = {
  opt_in: ['opt-in pending', 'opt-in just accepted by it', 'opt-in accepted by it ten minutes ago'],
  email_change: ['e-mail change pending by it'],
  email_confirmation: ['e-mail change that the new mailbox can take back by it'],
  account_confirmation: ['further account that waits for it'],
  email_undo: ['e-mail change that it can undo'],
  disowning: [
    'opt-in pending',
    'e-mail change pending by it',
    'e-mail change that the new mailbox can take back by it',
    'further account that waits for it',
    'sign-up by its mail, not proved',
    'sign-up by its mail, proved by that alone',
  ],
  password_reset: Object.keys(states).filter((state) => state !== 'tokens cut off after it'),
  email_verification: Object.keys(states).filter((state) => state !== 'tokens cut off after it'),
  deletion: Object.keys(states),
}

const cases = Object.entries(spendable).flatMap(([purpose, good]) =>
  Object.entries(states).map(([state, credentials]) => ({
    purpose: purpose as TokenPurpose,
    state,
    credentials,
    verdict: good.includes(state) ? 'can' : 'cannot',
  })),
)

describe('a token', () => {
  it.each(cases)('for $purpose, state $state: $verdict be spent', ({ purpose, credentials, verdict }) => {
    expect(isSpendable(tokenOf(purpose), credentials, now)).toBe(verdict === 'can')
  })

  it.each(cases.filter(({ verdict }) => verdict === 'can'))(
    'for $purpose, state $state: is dead under any other revision, if it is bound to one, and when its time is over',
    ({ purpose, state, credentials }) => {
      const token = tokenOf(purpose)
      const unbound =
        ['email_verification', 'email_undo', 'email_confirmation', 'account_confirmation'].includes(
          purpose,
        ) ||
        (purpose === 'disowning' && state !== 'opt-in pending')
      expect(isSpendable(token, { ...credentials, revision: 4 }, now)).toBe(unbound)
      expect(isSpendable(token, { ...credentials, revision: 2 }, now)).toBe(unbound)
      expect(isSpendable({ ...token, expiresAt: now }, credentials, now)).toBe(false)
      expect(isSpendable({ ...token, expiresAt: now + 1 }, credentials, now)).toBe(true)
    },
  )

  it.each<[MailedTokenPurpose, number]>([
    ['opt_in', 24],
    ['password_reset', 1],
    ['email_change', 24],
    ['email_undo', 72],
    ['deletion', 24],
  ])('for %s lives for %i hours where the tenant says nothing', (purpose, hours) => {
    const term = termOf(defaultTenantSettings.lifetimes, purpose, 1000)
    expect(term).toEqual({ issuedAt: 1000, expiresAt: 1000 + hours * 3_600_000 })
  })
})
