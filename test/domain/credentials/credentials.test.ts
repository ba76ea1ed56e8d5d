/** The account that mails go to: the first one with a password, else the first of all. */
import { expect, it } from 'vitest'
import { primaryAccount } from '../../../src/domain/credentials/credentials.ts'
import { accountOf } from '../../support/records.ts'

const { passwordHash: _none, ...social } = accountOf('social')
const [ada, bob] = [accountOf('ada'), accountOf('bob')]

it.each([
  ['ada', [ada, bob]],
  ['bob', [social, bob]],
  ['social', [social]],
  [undefined, []],
])('it is %s', (id, accounts) => {
  expect(primaryAccount({ revision: 1, accounts })?.id).toBe(id)
})
