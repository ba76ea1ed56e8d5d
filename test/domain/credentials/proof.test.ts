/**
 * What a proof of a mailbox does to a record: every state that a record can be in, times every way of proving, by the record's
 * own session or another (contract §7, P1 to P4; threats T20).
 */
import { describe, expect, it } from 'vitest'
import type { ProofWay } from '../../../src/domain/base/names.ts'
import type { Credentials } from '../../../src/domain/credentials/credentials.ts'
import { effectOf, withProof, type ProofKind } from '../../../src/domain/credentials/proof.ts'
import { accountOf, now } from '../../support/records.ts'

const before = { at: now - 1000, by: 'sign_up_link' as const }
const ada = accountOf('ada')
const eve = accountOf('eve', { added: { at: now - 10 } })
const identity = {
  id: 'provider',
  kind: 'federated' as const,
  issuer: 'https://provider.example',
  subject: 'eve',
  added: { at: now - 10 },
}
const pendingAccount = {
  ...{ id: 'p', email: 'p@shop.example', emailKey: 'p@shop.example', tokenId: 'p' },
  ...{ added: { at: now - 10 }, until: now + 1000 },
}
const undo = {
  ...{ tokenId: 'u', releaseTokenId: 'r', accountId: 'ada', email: 'old@shop.example' },
  ...{ emailKey: 'old@shop.example', since: now - 10, until: now + 1000 },
}
const emailChange = { tokenId: 'c', accountId: 'eve', newEmail: 'x@shop.example', syncContactEmail: false }
const base: Credentials = { revision: 3, accounts: [ada] }
const beside: Credentials = { ...base, accounts: [ada, eve], identities: [identity], emailChange }

/** `ada` is the account whose mailbox is proved. `first`: no mailbox of the record was proved before. */
const states: Record<string, { credentials: Credentials; isProved?: true; first: boolean }> = {
  'nothing proved': { credentials: base, first: true },
  'nothing proved, everything beside': { credentials: beside, first: true },
  'nothing proved, a pending account': {
    credentials: { ...base, pendingAccounts: [pendingAccount] },
    first: true,
  },
  'nothing proved, a change from a mailbox that never was': {
    credentials: { ...base, emailUndos: [undo] },
    first: true,
  },
  'another mailbox proved': {
    credentials: { ...beside, accounts: [ada, { ...eve, proved: before }] },
    first: false,
  },
  'the mailbox before a change proved, the undo standing': {
    credentials: { ...beside, emailUndos: [{ ...undo, proved: before }] },
    first: false,
  },
  'the mailbox before a change proved, the undo over': {
    credentials: { ...beside, emailUndos: [{ ...undo, until: now, proved: before }] },
    first: true,
  },
  'this mailbox proved': {
    credentials: { ...beside, accounts: [{ ...ada, proved: before }, eve] },
    isProved: true,
    first: false,
  },
}

const kinds: Record<ProofWay, Record<'own' | 'other', Exclude<ProofKind, 'repeated'>>> = {
  sign_up_link: { own: 'confirming', other: 'confirming' },
  resent_link: { own: 'confirming', other: 'taking' },
  password_reset: { own: 'taking', other: 'taking' },
  email_change: { own: 'confirming', other: 'confirming' },
  added_account: { own: 'confirming', other: 'confirming' },
  email_token: { own: 'confirming', other: 'confirming' },
  undo: { own: 'confirming', other: 'confirming' },
  mail_code: { own: 'taking', other: 'taking' },
  provider: { own: 'taking', other: 'taking' },
  back_office: { own: 'confirming', other: 'confirming' },
}

const cases = Object.entries(states).flatMap(([state, { credentials, isProved, first }]) =>
  Object.entries(kinds).flatMap(([way, bySession]) =>
    (['own', 'other'] as const).map((session) => ({
      ...{ state, credentials, first, way: way as ProofWay, session },
      kind: isProved ? ('repeated' as const) : bySession[session],
    })),
  ),
)

describe('a proof', () => {
  it.each(cases)('$way by $session session, $state: $kind', ({ credentials, way, session, kind, first }) => {
    const proof = { way, accountId: 'ada', own: session === 'own' }
    const after = withProof(credentials, proof, now)
    expect(effectOf(credentials, proof, now).kind).toBe(kind)
    const [proved] = after.accounts
    switch (kind) {
      case 'repeated':
        expect(after).toBe(credentials)
        break
      case 'taking':
        expect(after).toEqual({
          revision: 4,
          sessionEpoch: 1,
          accounts: [
            {
              ...{ id: 'ada', email: ada.email, emailKey: ada.emailKey },
              initialPassword: false,
              proved: { at: now, by: way },
            },
          ],
        })
        break
      case 'confirming':
        expect(after.revision).toBe(3)
        expect(after.sessionEpoch).toBeUndefined()
        expect(proved).toEqual({ ...ada, proved: { at: now, by: way } })
        expect(after.accounts.slice(1)).toEqual(first ? [] : credentials.accounts.slice(1))
        expect(after.identities).toEqual(first ? undefined : credentials.identities)
        expect(after.pendingAccounts).toEqual(first ? undefined : credentials.pendingAccounts)
        expect(after.emailChange).toEqual(first ? undefined : credentials.emailChange)
        expect(after.emailUndos).toEqual(
          first && credentials.emailUndos?.every((one) => !('proved' in one))
            ? undefined
            : credentials.emailUndos,
        )
        break
    }
    expect(proved?.proved).toEqual(kind === 'repeated' ? before : { at: now, by: way })
  })

  it('keeps the change that it confirms, whatever else ends', () => {
    const own = { ...emailChange, accountId: 'ada' }
    const proof = { way: 'sign_up_link', accountId: 'ada', own: false } as const
    expect(withProof({ ...base, emailChange: own }, proof, now).emailChange).toEqual(own)
  })

  it('ends the wait for an opt-in when it is of the first account', () => {
    const waiting: Credentials = { ...beside, optInPending: true, signUp: { tokenId: 's' } }
    const proved = (way: ProofWay, accountId: string) =>
      withProof(waiting, { way, accountId, own: false }, now)
    expect(proved('sign_up_link', 'ada')).not.toHaveProperty('optInPending')
    expect(proved('sign_up_link', 'ada').signUp).toEqual({ tokenId: 's' })
    expect(proved('password_reset', 'ada')).not.toHaveProperty('signUp')
    expect(proved('password_reset', 'eve').accounts.map(({ id }) => id)).toEqual(['eve'])
  })
})
