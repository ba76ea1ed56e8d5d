/**
 * The actions on what a customer signs in with: which of them end every session and every token (T6, T30), whom they
 * tell, and which account they touch.
 */
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { Change, CustomerRecord } from '../../../src/domain/changes/change.ts'
import { isSpendable } from '../../../src/domain/credentials/one-time-token.ts'
import type { TrustedAction } from '../../../src/domain/changes/update-action.ts'
import { accountOf, now, recordWith, tokenOf, valueOf } from '../../support/records.ts'

const ada = accountOf('ada', { initialPassword: true, clearedAt: 5 })
const bob = accountOf('bob')
const pending = { tokenId: 'token', accountId: 'ada', newEmail: 'New@shop.example', syncContactEmail: true }
const addressee = { firstName: 'Ada', lastName: 'Lovelace', language: 'de-DE' }

function act(record: CustomerRecord, action: TrustedAction): Change {
  return valueOf(apply(record, [action], now))
}

describe.each(['change', 'mailed_token', 'handed_out_token'] as const)('a password set by a %s', (cause) => {
  const record = recordWith({}, { accounts: [ada, bob], optInPending: true, emailChange: pending })
  const change = act(record, { action: 'setPassword', accountId: 'ada', passwordHash: 'new', cause })
  const { customer, credentials } = change.record
  const proved = { at: now, by: 'password_reset' as const }

  it('raises the revision, which ends every session and token', () => {
    expect(credentials.revision).toBe(record.credentials.revision + 1)
  })

  it('is the password of that account only, is no initial one, and clears its failures', () => {
    const before = { at: 1, by: 'email_token' as const }
    const accounts = [{ ...ada, proved: before }, bob]
    const known = act(recordWith({}, { accounts }), {
      ...{ action: 'setPassword', accountId: 'ada', passwordHash: 'new', cause },
    })
    expect(known.record.credentials.accounts).toEqual([
      { ...ada, proved: before, passwordHash: 'new', initialPassword: false, clearedAt: now },
      bob,
    ])
  })

  it(`${cause === 'change' ? 'leaves' : 'ends'} what was beside it while its mailbox was not proved`, () => {
    const own = { ...ada, passwordHash: 'new', initialPassword: false, clearedAt: now }
    expect(credentials.accounts).toEqual(
      {
        change: [own, bob],
        mailed_token: [{ ...own, proved }],
        handed_out_token: [own],
      }[cause],
    )
  })

  it('ends a change of e-mail that was under way', () => {
    expect(credentials).not.toHaveProperty('emailChange')
  })

  it(`${cause === 'mailed_token' ? 'completes an opt-in' : 'leaves an opt-in waiting'}`, () => {
    expect(credentials.optInPending).toBe(cause === 'mailed_token' ? undefined : true)
    expect(customer.emailVerified).toBe(cause === 'mailed_token')
  })

  it('is told to the mailbox of that account, without a token', () => {
    expect(change.mails).toEqual([
      { kind: 'addressed', template: 'password-changed', to: ada.email, recipient: addressee },
    ])
    expect(change.messages).toContainEqual({
      type: 'CustomerPasswordUpdated',
      payload: { reset: cause !== 'change' },
    })
  })
})

it('a password of an account that is gone is refused like any unknown token', () => {
  const action: TrustedAction = {
    action: 'setPassword',
    accountId: 'gone',
    passwordHash: 'new',
    cause: 'mailed_token',
  }
  expect(apply(recordWith(), [action], now)).toEqual({ ok: false, error: { kind: 'OneTimeTokenRejected' } })
})

it('a password of the second account goes to the second mailbox', () => {
  const record = recordWith({}, { accounts: [ada, bob] })
  const change = act(record, {
    action: 'setPassword',
    accountId: 'bob',
    passwordHash: 'new',
    cause: 'change',
  })
  expect(change.record.credentials.accounts).toMatchObject([
    { passwordHash: 'hash of ada' },
    { passwordHash: 'new' },
  ])
  expect(change.mails.map(({ to }) => to)).toEqual([bob.email])
})

it.each(['ada', 'bob'])('a reset by the mailbox of %s makes the record its owner’s alone', (accountId) => {
  const record = recordWith({}, { accounts: [ada, bob] })
  const change = act(record, { action: 'setPassword', accountId, passwordHash: 'new', cause: 'mailed_token' })
  expect(change.record.customer).toMatchObject({ emailVerified: true, email: `${accountId}@shop.example` })
  expect(change.record.credentials.accounts.map(({ id }) => id)).toEqual([accountId])
})

describe('a password set from the mailbox that was proved before a change', () => {
  const proved = { at: 1, by: 'sign_up_link' as const }
  const tokens = {
    undo: { tokenId: 'undo', issuedAt: now, expiresAt: now + 1000 },
    confirmation: { tokenId: 'confirmation', issuedAt: now, expiresAt: now + 1000 },
  }
  const record = recordWith({}, { accounts: [{ ...ada, proved }] })
  const changed = valueOf(
    apply(record, [{ action: 'changeEmail', email: 'thief@shop.example', tokens }], now),
  ).record
  const later = {
    ...changed,
    credentials: {
      ...changed.credentials,
      accounts: [...changed.credentials.accounts, { ...bob, added: { at: now + 1 } }],
      pendingAccounts: [
        {
          ...{ id: 'p', email: 'p@x.example', emailKey: 'p@x.example' },
          tokenId: 'p',
          added: { at: now },
          until: now + 9,
        },
      ],
    },
  }
  const reset = act(later, {
    ...{ action: 'setPassword', accountId: ada.id, passwordHash: 'new', cause: 'recovery_token' },
  }).record.credentials

  it('proves nothing of the present one, and ends what came since the change', () => {
    expect(reset.accounts).toEqual([
      {
        ...ada,
        email: 'thief@shop.example',
        emailKey: 'thief@shop.example',
        passwordHash: 'new',
        initialPassword: false,
        clearedAt: now,
      },
    ])
    expect(reset).not.toHaveProperty('pendingAccounts')
    expect(reset.emailUndos).toHaveLength(1)
  })
})

const undoToken = tokenOf('email_undo', { id: 'undo', expiresAt: now + 1000 })

describe('a stronger hash of the same password', () => {
  it('replaces the old one and nothing else, silently', () => {
    const record = recordWith({}, { accounts: [ada, bob] })
    const change = act(record, { action: 'rehashPassword', accountId: 'ada', passwordHash: 'stronger' })
    expect(change).toEqual({
      record: {
        ...record,
        credentials: { ...record.credentials, accounts: [{ ...ada, passwordHash: 'stronger' }, bob] },
      },
      messages: [],
      mails: [],
      changed: true,
    })
  })

  it('for an account that is gone is dropped', () => {
    const record = recordWith()
    expect(act(record, { action: 'rehashPassword', accountId: 'gone', passwordHash: 'x' }).record).toBe(
      record,
    )
  })
})

describe('a log-in', () => {
  it('is remembered, and clears the failures of its account', () => {
    const record = recordWith({}, { accounts: [ada, bob] })
    const { customer, credentials } = act(record, { action: 'recordLogin', accountId: 'bob' }).record
    expect(customer.lastLoginAt).toBe(new Date(now).toISOString())
    expect(credentials).toEqual({ ...record.credentials, accounts: [ada, { ...bob, clearedAt: now }] })
  })

  it('with an account that is gone is refused', () => {
    expect(apply(recordWith(), [{ action: 'recordLogin', accountId: 'gone' }], now)).toEqual({
      ok: false,
      error: { kind: 'CredentialsRejected' },
    })
  })
})

describe('a further account', () => {
  const change = act(recordWith(), {
    action: 'addAccount',
    accountId: 'bob',
    email: 'Bob@shop.example',
    emailKey: 'bob@shop.example',
    passwordHash: 'hash of bob',
  })

  it('comes last, and the login e-mail that is shown stays the first one', () => {
    expect(change.record.credentials.accounts.map(({ id }) => id)).toEqual(['ada', 'bob'])
    expect(change.record.customer).toMatchObject({
      version: 8,
      email: 'ada@shop.example',
      accounts: [{ email: 'ada@shop.example' }, { email: 'Bob@shop.example' }],
    })
  })

  it('is told to the first mailbox', () => {
    expect(change.mails).toMatchObject([{ template: 'account-added', to: 'ada@shop.example' }])
    expect(change.messages).toEqual([
      { type: 'CustomerAccountAdded', payload: { email: 'Bob@shop.example' } },
    ])
  })
})

describe('a change of e-mail', () => {
  const token = tokenOf('email_change')
  const begun = act(recordWith({ contactEmail: 'contact@shop.example' }), {
    action: 'beginEmailChange',
    token,
    newEmail: pending.newEmail,
    syncContactEmail: true,
  })
  const completed = act(begun.record, { action: 'completeEmailChange', undoToken })

  it('changes nothing when it begins but to wait for its token, which goes to the new mailbox', () => {
    expect(begun.record.customer.email).toBe('ada@shop.example')
    expect(begun.record.credentials).toMatchObject({ revision: 3, emailChange: pending })
    expect(begun.mails).toEqual([
      { kind: 'addressed', template: 'email-change', to: pending.newEmail, recipient: addressee, token },
    ])
  })

  it('replaces another one that was waiting', () => {
    const again = act(begun.record, {
      action: 'beginEmailChange',
      token: { ...token, id: 'second' },
      newEmail: 'other@shop.example',
      syncContactEmail: false,
    })
    expect(again.record.credentials.emailChange).toEqual({
      tokenId: 'second',
      accountId: 'ada',
      newEmail: 'other@shop.example',
      syncContactEmail: false,
    })
  })

  it('completed raises the revision, waits no longer, and keeps the password', () => {
    const account = { ...accountOf('ada'), email: 'New@shop.example', emailKey: 'new@shop.example' }
    const tokensSince = { email_verification: now + 1 }
    expect(completed.record.credentials).toMatchObject({ revision: 4, accounts: [account], tokensSince })
    expect(completed.record.customer).toMatchObject({
      version: 8,
      email: 'New@shop.example',
      emailVerified: true,
      accounts: [{ email: 'New@shop.example' }],
      contactEmail: 'New@shop.example',
    })
  })

  it('completed is told to the old mailbox', () => {
    expect(completed.mails).toMatchObject([{ template: 'email-changed', to: 'ada@shop.example' }])
    expect(completed.messages).toContainEqual({
      type: 'CustomerEmailChanged',
      payload: { email: 'New@shop.example', oldEmail: 'ada@shop.example' },
    })
  })

  it('leaves the contact e-mail alone where that was not asked for', () => {
    const record = recordWith(
      { contactEmail: 'contact@shop.example' },
      { emailChange: { ...pending, syncContactEmail: false } },
    )
    const { customer } = act(record, { action: 'completeEmailChange', undoToken }).record
    expect(customer).toMatchObject({ email: 'New@shop.example', contactEmail: 'contact@shop.example' })
  })

  it('of the second account leaves the first one as it is', () => {
    const record = recordWith({}, { accounts: [ada, bob], emailChange: { ...pending, accountId: 'bob' } })
    const change = act(record, { action: 'completeEmailChange', undoToken })
    expect(change.record.customer).toMatchObject({
      email: ada.email,
      emailVerified: false,
      accounts: [{ email: ada.email }, { email: 'New@shop.example' }],
    })
    expect(change.mails.map(({ to }) => to)).toEqual([bob.email])
  })

  it.each([
    ['that nobody has asked for', recordWith()],
    ['of an account that is gone', recordWith({}, { emailChange: { ...pending, accountId: 'gone' } })],
  ])('%s cannot be completed', (_what, record) => {
    expect(apply(record, [{ action: 'completeEmailChange', undoToken }], now)).toEqual({
      ok: false,
      error: { kind: 'OneTimeTokenRejected' },
    })
  })
})

it('one mailbox is one account of a record, whether a change or a further account would double it', () => {
  const record = recordWith({}, { accounts: [accountOf('ada'), accountOf('eve')] })
  const email = 'eve@shop.example'
  const account = { accountId: 'third', email, emailKey: email, passwordHash: 'hash' }
  const taken = { ok: false, error: { kind: 'EmailTaken', email } }
  expect(apply(record, [{ action: 'changeEmail', email }], now)).toEqual(taken)
  expect(apply(record, [{ action: 'addAccount', ...account, invitation: undefined }], now)).toEqual(taken)
})

describe('a change of e-mail that is taken back', () => {
  const reset = { tokenId: 'reset', issuedAt: now, expiresAt: now + 3600_000 }
  const undo = { action: 'undoEmailChange', tokenId: 'undo', reset } as const
  const accounts = [{ ...ada, proved: { at: 1, by: 'sign_up_link' as const } }]
  const begun = recordWith({ contactEmail: 'old@shop.example' }, { emailChange: pending, accounts })
  const completed = act(begun, { action: 'completeEmailChange', undoToken })
  const taken = act(completed.record, {
    action: 'setPassword',
    accountId: ada.id,
    passwordHash: 'hash of the thief',
    cause: 'change',
  })
  const undone = act(taken.record, undo)

  it('is offered to the old mailbox, even after the password was changed', () => {
    expect(completed.mails).toMatchObject([
      { template: 'email-changed', to: ada.email, token: { ...undoToken, credentialsRevision: 4 } },
    ])
    expect(isSpendable(undoToken, taken.record.credentials, now)).toBe(true)
    expect(isSpendable(undoToken, taken.record.credentials, undoToken.expiresAt)).toBe(false)
    expect(isSpendable({ ...undoToken, id: 'other' }, taken.record.credentials, now)).toBe(false)
  })

  it('gives the address back, ends sessions and password, and mails a token for the next one', () => {
    const { credentials, customer } = undone.record
    expect(credentials.accounts[0]).toMatchObject({ email: ada.email, emailKey: ada.emailKey })
    expect(credentials.accounts[0]).not.toHaveProperty('passwordHash')
    expect(credentials.revision).toBe(taken.record.credentials.revision + 1)
    expect([customer.email, customer.accounts]).toEqual([ada.email, [{ email: ada.email }]])
    expect(undone.mails).toMatchObject([
      { template: 'password-reset', to: ada.email, token: { id: 'reset', accountId: ada.id } },
      { template: 'email-changed', to: pending.newEmail },
    ])
    expect(undone.mails[0]?.token && isSpendable(undone.mails[0].token, credentials, now)).toBe(true)
    expect(undone.mails[1]).not.toHaveProperty('token')
    expect(undone.messages[0]).toEqual({
      type: 'CustomerEmailChanged',
      payload: { email: ada.email, oldEmail: pending.newEmail },
    })
  })

  it('works once', () => {
    expect(isSpendable(undoToken, undone.record.credentials, now)).toBe(false)
    expect(apply(undone.record, [undo], now)).toMatchObject({
      ok: false,
      error: { kind: 'OneTimeTokenRejected' },
    })
  })

  it.each([
    [true, 'old@shop.example'],
    [false, 'old@shop.example'],
  ])('has the contact e-mail of before: synchronised %s', (syncContactEmail, contactEmail) => {
    const record = recordWith({ contactEmail }, { accounts, emailChange: { ...pending, syncContactEmail } })
    const changed = act(record, { action: 'completeEmailChange', undoToken })
    expect(changed.record.customer.contactEmail).toBe(syncContactEmail ? pending.newEmail : contactEmail)
    expect(act(changed.record, undo).record.customer.contactEmail).toBe(contactEmail)
  })

  it('cannot be washed out by a second change within the time, and can be replaced after it', () => {
    const second = {
      ...completed.record,
      credentials: {
        ...completed.record.credentials,
        emailChange: { ...pending, newEmail: 'third@shop.example' },
      },
    }
    const later = {
      action: 'completeEmailChange',
      undoToken: { ...undoToken, id: 'later', expiresAt: now + 9000 },
    } as const
    const within = act(second, later)
    expect(within.mails[0]).not.toHaveProperty('token')
    expect(act(within.record, undo).record.customer.email).toBe(ada.email)
    const after = valueOf(apply(second, [later], undoToken.expiresAt))
    expect(after.mails).toMatchObject([{ to: pending.newEmail, token: { id: 'later' } }])
    expect(after.record.credentials.emailUndos).toHaveLength(1)
  })
})

describe('an opt-in', () => {
  const record = recordWith({}, { optInPending: true, emailChange: pending, signUp: { tokenId: 'token' } })
  const reset = { tokenId: 'reset', issuedAt: now, expiresAt: now + 3600_000 }
  const accept = { action: 'acceptOptIn', token: tokenOf('opt_in'), welcome: true, reset } as const
  const accepted = act(record, accept)

  it('accepted lets the account work, remembers its token, and keeps the revision', () => {
    expect(accepted.record.credentials).toEqual({
      revision: 3,
      accounts: [{ ...record.credentials.accounts[0], proved: { at: now, by: 'sign_up_link' } }],
      emailChange: pending,
      signUp: { tokenId: 'token' },
      optInAccepted: { tokenId: 'token', at: now, revision: 3 },
    })
    expect(accepted.record.customer).toMatchObject({ emailVerified: true, version: 8 })
    expect(accepted.messages).toEqual([{ type: 'CustomerEmailVerified', payload: {} }])
  })

  it('accepted welcomes the customer where the tenant wants that', () => {
    expect(accepted.mails).toMatchObject([{ template: 'welcome', to: ada.email }])
    expect(act(record, { ...accept, welcome: false }).mails).toEqual([])
  })

  it('accepted again changes and tells nothing', () => {
    const again = act(accepted.record, accept)
    expect(again).toEqual({ record: accepted.record, messages: [], mails: [], changed: false })
  })
})

describe('a deletion asked for', () => {
  const token = tokenOf('deletion', { accountId: 'bob' })

  it.each([
    ['of the account that it was asked for with', recordWith({}, { accounts: [ada, bob] }), bob.email],
    [
      'for contact, where there is no such account',
      recordWith({ contactEmail: 'contact@shop.example' }, { accounts: [] }),
      'contact@shop.example',
    ],
  ])('is a mail with the token to the mailbox %s, and no change', (_what, record, to) => {
    expect(act(record, { action: 'requestDeletion', token })).toEqual({
      record,
      messages: [],
      mails: [{ kind: 'addressed', template: 'deletion', to, recipient: addressee, token }],
      changed: false,
    })
  })

  it('is refused where there is no mailbox at all', () => {
    expect(
      apply(recordWith({}, { accounts: [] }), [{ action: 'requestDeletion', token }], now),
    ).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: 'contactEmail' }] },
    })
  })
})

describe('the way to sign in', () => {
  const external = recordWith(
    { authenticationMode: 'ExternalAuth' },
    { accounts: [accountOf('ada', { passwordHash: undefined } as never)] },
  )

  it('elsewhere drops the password and ends every session and pending change', () => {
    const record = recordWith({}, { accounts: [ada, bob], emailChange: pending })
    const { customer, credentials } = act(record, {
      action: 'setAuthenticationMode',
      passwordHash: undefined,
    }).record
    expect([customer.authenticationMode, credentials.revision]).toEqual(['ExternalAuth', 4])
    expect(credentials.accounts[0]).not.toHaveProperty('passwordHash')
    expect(credentials).not.toHaveProperty('emailChange')
  })

  it('by password takes the hash and forgets the mode', () => {
    const change = act(external, { action: 'setAuthenticationMode', passwordHash: 'new' })
    expect(change.record.customer).not.toHaveProperty('authenticationMode')
    expect(change.record.credentials).toMatchObject({ revision: 4, accounts: [{ passwordHash: 'new' }] })
  })

  it('elsewhere a second time changes nothing', () => {
    const change = act(external, { action: 'setAuthenticationMode', passwordHash: undefined })
    expect(change).toEqual({ record: external, messages: [], mails: [], changed: false })
  })

  it('is nothing for a customer without login e-mail', () => {
    const contact = recordWith({}, { accounts: [] })
    const outcome = apply(contact, [{ action: 'setAuthenticationMode', passwordHash: 'new' }], now)
    expect(outcome).toMatchObject({ error: { kind: 'InvalidInput', violations: [{ field: 'email' }] } })
  })
})

it('of two log-ins at the same moment, each is told', () => {
  const login = { action: 'recordLogin', accountId: 'ada' } as const
  const first = act(recordWith(), login)
  const second = act(first.record, login)
  expect(second.messages).toEqual([{ type: 'CustomerLoggedIn', payload: {} }])
  expect(valueOf(apply(first.record, [login], now)).changed).toBe(true)
})
