/** What a dialect declares: it words all that it can meet, and what it cannot is a mistake that shows. */
import { describe, expect, it } from 'vitest'
import { commercetoolsDialect } from '../../src/dialects/commercetools/index.ts'
import { companyDialect } from '../../src/dialects/emporix/companies/companies.ts'
import { emporixDialect } from '../../src/dialects/emporix/index.ts'
import { oauthDialect } from '../../src/dialects/oauth/index.ts'
import type { HttpFailure } from '../../src/http/failure.ts'
import { wording } from '../../src/http/wording.ts'
import { accountDialect } from '../../src/pages/account.ts'

const webhook: HttpFailure = { kind: 'WebhookNotFound', webhookId: 'w' }

describe('a failure', () => {
  const word = wording(['WebhookNotFound'], (failure) => {
    // @ts-expect-error The compiler knows that a listed failure never comes here.
    const isListed = failure.kind === 'WebhookNotFound'
    return { status: isListed ? 500 : 400, body: failure.kind }
  })

  it('is worded when it is not listed', () => {
    expect(word({ kind: 'PathUnknown' }, { source: 'body' })).toEqual({ status: 400, body: 'PathUnknown' })
  })

  it('that is listed is a mistake of ours', () => {
    expect(() => word(webhook, { source: 'body' })).toThrow('WebhookNotFound')
  })
})

it.each([oauthDialect, accountDialect, emporixDialect, companyDialect, commercetoolsDialect])(
  'no webhook is worded where there is none: $name',
  (dialect) => {
    expect(() => dialect.presentFailure(webhook, { source: 'body' })).toThrow()
  },
)
