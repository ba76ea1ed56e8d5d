/** Passwords (T33, T36): counted in code points after NFKC, any character welcome, bounded before anything is hashed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPassword, normalizePassword, passwordLengthMax } from '../../src/domain/password-policy.ts'

describe('a password', () => {
  it.each([
    ['exactly the least length', 'secret', 'secret'],
    ['six emoji', '😀😀😀😀😀😀', '😀😀😀😀😀😀'],
    ['blanks around, which count', ' a b  ', ' a b  '],
    ['one repeated letter', 'aaaaaa', 'aaaaaa'],
    ['full-width letters, which are plain ones', 'ｓｅｃｒｅｔ', 'secret'],
    ['a decomposed letter, which is one', 'se\u0301crets', 's\u00e9crets'],
    ['as many characters as there may be', 'a'.repeat(passwordLengthMax), 'a'.repeat(passwordLengthMax)],
    ['as many bytes as there may be', '😀'.repeat(256), '😀'.repeat(256)],
  ])('with %s is accepted in its normal form', (_what, password, normal) => {
    expect(checkPassword(password, 6)).toEqual({ ok: true, value: normal })
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
    expect(checkPassword(password, 6, 'newPassword')).toMatchObject({
      ok: false,
      error: { kind: 'InvalidInput', violations: [{ field: 'newPassword', type: 'out_of_range' }] },
    })
  })

  it('is named `password` where nothing else is said', () => {
    expect(checkPassword('', 6)).toMatchObject({ error: { violations: [{ field: 'password' }] } })
  })

  it('in its normal form is accepted again, as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (password) => {
        const checked = checkPassword(password, 6)
        if (checked.ok) expect(checkPassword(checked.value, 6)).toEqual(checked)
        expect(normalizePassword(normalizePassword(password))).toBe(normalizePassword(password))
      }),
    )
  })
})
