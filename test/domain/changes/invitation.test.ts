/** Who is invited by mail to choose a password, and when the mail only says that there will be an account. */
import { describe, expect, it } from 'vitest'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import type { Credentials } from '../../../src/domain/credentials/credentials.ts'
import { invitationMails, passwordMail } from '../../../src/domain/changes/invitation.ts'
import { accountOf, now, recordWith } from '../../support/records.ts'

const invitation = { tokenId: 'token', issuedAt: now, expiresAt: now + 1000 }

const { passwordHash: _none, ...passwordless } = accountOf('ada')
const givenPassword = accountOf('ada', { initialPassword: true })

describe('an invitation', () => {
  it.each<[string, Partial<Customer>, Partial<Credentials>, string[]]>([
    ['without a password', {}, { accounts: [passwordless] }, ['initial-password']],
    ['with a password from somebody else', {}, { accounts: [givenPassword] }, ['initial-password']],
    ['with a password of his own', {}, { accounts: [accountOf('ada')] }, []],
    ['who signs in elsewhere', { authenticationMode: 'ExternalAuth' }, { accounts: [passwordless] }, []],
    ['who is not active', { active: false }, { accounts: [passwordless] }, ['account-prepared']],
    ['who is on hold', { onHold: true }, { accounts: [givenPassword] }, ['account-prepared']],
    ['who has to opt in', {}, { accounts: [passwordless], optInPending: true }, ['account-prepared']],
    ['who is on hold with a password of his own', { onHold: true }, { accounts: [accountOf('ada')] }, []],
    ['without an account', {}, { accounts: [] }, []],
  ])('for somebody %s', (_who, customer, credentials, templates) => {
    const record = recordWith(customer, credentials)
    const mails = invitationMails(record, record.credentials.accounts[0], invitation)
    expect(mails.map(({ template }) => template)).toEqual(templates)
    expect(mails.every(({ to }) => to === 'ada@shop.example')).toBe(true)
    expect(mails.map(({ token }) => token?.id)).toEqual(
      templates.map((template) => (template === 'initial-password' ? 'token' : undefined)),
    )
    expect(invitationMails(record, record.credentials.accounts[0], undefined)).toEqual([])
  })

  it('is good for one account, under the credentials as they are, for its time', () => {
    const record = recordWith({}, { accounts: [passwordless, accountOf('grace')], revision: 5 })
    const mail = passwordMail(record, accountOf('grace'), invitation, 'password-reset')
    expect(mail).toMatchObject({
      to: 'grace@shop.example',
      recipient: { firstName: 'Ada', lastName: 'Lovelace', language: 'de-DE' },
      token: {
        id: 'token',
        purpose: 'password_reset',
        ...{ tenant: 'acme', customerId: '12345678', accountId: 'grace', credentialsRevision: 5 },
        ...{ issuedAt: now, expiresAt: now + 1000 },
      },
    })
  })
})
