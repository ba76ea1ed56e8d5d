/** Passwords (T33, T36): counted in code points after NFKC, bounded before anything is hashed, judged by the policy. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkBlockList,
  checkNewPassword,
  checkPassword,
  normalizePassword,
  passwordLengthMax,
  passwordRules,
} from '../../../src/domain/passwords/password-policy.ts'
import { defaultTenantSettings, type Tenant, type TenantSettings } from '../../../src/domain/tenant/tenant.ts'

type Policy = TenantSettings['passwordPolicy']

function tenantWith(passwordPolicy: Policy, more: Partial<TenantSettings> = {}): Tenant {
  return {
    key: 'acme',
    createdAt: '2026-01-01T00:00:00.000Z',
    settings: { ...defaultTenantSettings, passwordPolicy, ...more },
  }
}

const compat = tenantWith('compat')
const refused = (type: string, message: RegExp, field = 'password') => ({
  ok: false,
  error: {
    kind: 'InvalidInput',
    violations: [{ field, type, message: expect.stringMatching(message) }],
  },
})

describe('a password', () => {
  it.each([
    ['exactly the least length', 'secret'],
    ['six emoji', '😀😀😀😀😀😀'],
    ['blanks around, which count', ' a b  '],
    ['one repeated letter', 'aaaaaa'],
    ['full-width letters, which are plain ones', 'ｓｅｃｒｅｔ'],
    ['a decomposed letter, which is one', 'se\u0301crets'],
    ['as many characters as there may be', 'a'.repeat(passwordLengthMax)],
    ['as many bytes as there may be', '😀'.repeat(256)],
  ])('with %s is accepted as it was typed', (_what, password) => {
    expect(checkNewPassword(compat, password)).toEqual({ ok: true, value: password })
    expect(checkPassword(password)).toEqual({ ok: true, value: password })
  })

  it.each([
    ['full-width letters', 'ｓｅｃｒｅｔ', 'secret'],
    ['a decomposed letter', 'se\u0301crets', 's\u00e9crets'],
  ])('with %s has a normal form', (_what, password, normal) => {
    expect(normalizePassword(password)).toBe(normal)
  })

  it.each([
    ['nothing', ''],
    ['one character too few', 'secre'],
    ['three emoji of two code units each', '😀😀😀'],
    ['six code points that compose to five', 'se\u0301cre'],
    ['one character too many', 'a'.repeat(passwordLengthMax + 1)],
    ['few characters that normalise to very many', '\ufdfa'.repeat(20)],
    ['a megabyte', 'a'.repeat(1_048_576)],
    ['a lone surrogate', 'secret\ud800'],
  ])('with %s is refused as out of range', (_what, password) => {
    expect(checkNewPassword(compat, password, 'newPassword')).toEqual(
      refused('out_of_range', /./, 'newPassword'),
    )
  })

  it('is named `password` where nothing else is said', () => {
    expect(checkNewPassword(compat, '')).toEqual(refused('out_of_range', /./))
    expect(checkPassword('')).toEqual(refused('out_of_range', /./))
  })

  it('that exists already may be shorter than any policy allows, but not empty, malformed or huge', () => {
    expect(checkPassword('a')).toEqual({ ok: true, value: 'a' })
    for (const password of ['', 'secret\ud800', 'a'.repeat(passwordLengthMax + 1), 'a'.repeat(1_048_576)])
      expect(checkPassword(password, 'current')).toEqual(refused('out_of_range', /./, 'current'))
  })

  it('in its normal form is accepted again, as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (password) => {
        const checked = checkNewPassword(compat, password)
        const normal = normalizePassword(password)
        if (checked.ok) expect(checkNewPassword(compat, normal)).toEqual({ ok: true, value: normal })
        expect(normalizePassword(normalizePassword(password))).toBe(normalizePassword(password))
      }),
    )
  })
})

describe('a policy', () => {
  const random = 'kö9 w!vxq Zt4md hb'
  it.each<[Policy, number | undefined, number]>([
    ['compat', undefined, 6],
    ['standard', undefined, 8],
    ['nist', undefined, 15],
    ['compat', 9, 9],
    ['standard', 12, 12],
    ['standard', 6, 8],
    ['nist', 12, 15],
    ['nist', 16, 16],
  ])('%s with a minimum of %s asks for %i code points', (policy, own, lengthMin) => {
    const tenant = tenantWith(policy, own === undefined ? {} : { passwordLengthMin: own })
    expect(passwordRules(tenant.settings).lengthMin).toBe(lengthMin)
    const just = random.slice(0, lengthMin)
    expect(checkNewPassword(tenant, just)).toEqual({ ok: true, value: just })
    const least = new RegExp(`at least ${lengthMin} characters`)
    const short = random.slice(0, lengthMin - 1)
    expect(checkNewPassword(tenant, short)).toEqual(refused('out_of_range', least))
    // What looks longer: two code units each, or two code points that compose to one.
    const emoji = [...'🦊🌵🎷🪁🧭🍄🛶🎲🐙🪐🔭🧲🎈🥝🦉🪵']
    const seen = emoji.slice(0, lengthMin).join('')
    expect(checkNewPassword(tenant, seen)).toEqual({ ok: true, value: seen })
    const fewer = emoji.slice(0, lengthMin - 1).join('')
    expect(checkNewPassword(tenant, fewer)).toEqual(refused('out_of_range', least))
    const decomposed = `${random.slice(1, lengthMin - 1)}e\u0301`
    expect(checkNewPassword(tenant, decomposed)).toEqual(refused('out_of_range', least))
  })

  it.each<[string, RegExp]>([
    ['abcabcabcabcabcabc', /too easy to guess: .*repetitions or sequences/],
    ['Passwort12345678', /too easy to guess: .*common in passwords/],
    ['lovelace.ada.2026', /too easy to guess: .*e-mail address or the name of the shop/],
    ['Acme-Analytical!', /too easy to guess: .*e-mail address or the name of the shop/],
  ])('is refused by the block list: %s, and the answer says why', (password, why) => {
    const sender = { name: 'Analytical Engines Ltd.', email: 'shop@engines.example' }
    const tenant = tenantWith('standard', { sender })
    const emails = ['second@shop.example', 'ada.lovelace@shop.example']
    expect(checkBlockList(tenant, password, emails, 'newPassword')).toEqual(
      refused('invalid', why, 'newPassword'),
    )
    expect(checkBlockList(tenant, password, emails)).toEqual(refused('invalid', why))
  })

  it('sees full-width letters in their normal form: they are no way around the block list', () => {
    const read = checkNewPassword(tenantWith('nist'), 'ｐａｓｓｗｏｒｄ１２３４５６７８')
    if (!read.ok) throw new Error('was refused')
    expect(checkBlockList(tenantWith('nist'), read.value, [])).toEqual(refused('invalid', /common/))
  })

  it('lets the domain of an e-mail address be: it is not only its owner’s', () => {
    const password = 'shopexample kw7'
    expect(checkBlockList(compat, password, ['ada@shopexample.example'])).toEqual({
      ok: true,
      value: password,
    })
  })

  it('never repeats the password', () => {
    const tenant = tenantWith('nist')
    for (const password of ['secr', 'x'.repeat(300)])
      expect(JSON.stringify(checkNewPassword(tenant, password))).not.toContain(password)
    for (const password of ['abcabcabcabcabcabc', 'Passwort12345678', 'adalovelaceacme'])
      expect(JSON.stringify(checkBlockList(tenant, password, ['ada.lovelace@x.example']))).not.toContain(
        password,
      )
  })
})
