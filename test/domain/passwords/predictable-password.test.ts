/** Predictable passwords: what the block list knows, how it combines, and what it leaves alone. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonWords } from '../../../src/domain/passwords/common-passwords.ts'
import { predictability } from '../../../src/domain/passwords/predictable-password.ts'

describe('a password is predictable', () => {
  it.each([
    ['one character', 'aaaaaaaaaaaaaaa'],
    ['one emoji', '😀😀😀😀😀😀😀😀'],
    ['a short text over and over', 'x9kx9kx9kx9kx9k'],
    ['a text over and over, cut off', 'kqvzkqvzkqv'],
    ['digits upwards', '12345678'],
    ['digits downwards', '9876543210'],
    ['digits that begin anew', '789012345678901234567890'],
    ['letters in the order of the alphabet', 'abcdefghijklmno'],
    ['the other order, in capitals', 'ZYXWVUTSR'],
    ['a row of a keyboard', 'qwertyuiop'],
    ['rows of German and French keyboards', 'qwertzuiazertyui'],
    ['columns of a keyboard', '1qaz2wsx3edc'],
    ['two rows in turn', '1q2w3e4r5t6y'],
    ['the shifted digits', '!@#$%^&*'],
    ['several runs', 'aaabbbccc111'],
    ['a date', '31122024'],
    ['runs and a few characters', 'abcdefgh!1234567'],
  ])('by its pattern: %s', (_what, password) => {
    expect(predictability(password, [])).toBe('pattern')
  })

  it.each([
    ['a common one', 'password'],
    ['in capitals', 'PASSWORD'],
    ['in German', 'Passwort'],
    ['in French', 'MotDePasse'],
    ['with a number', 'password123'],
    ['with a year and a sign', 'Sommer2026!'],
    ['with signs around', '!!dragon!!'],
    ['with digits for letters', 'P@55w0rd'],
    ['with digits for letters and a number', 'p4ssw0rd2024!'],
    ['twice', 'sunshinesunshine'],
    ['two of them', 'welcome-princess'],
    ['one of them and a row', 'letmeinqwertyuiop'],
    ['a name and a day', 'michael07'],
  ])('by common words: %s', (_what, password) => {
    expect(predictability(password, [])).toBe('common')
  })

  const context = ['Ada.Byronesque+tea', 'acme', 'Analytical Engines Ltd.', '4you', 'Café Zoë']
  it.each([
    ['the name in the address', 'byronesque'],
    ['the address', 'ada.byronesque+tea'],
    ['the address, joined', 'adabyronesquetea'],
    ['the address and a year', 'ada.byronesque1985'],
    ['the other way round', 'ByronesqueAda'],
    ['with digits for letters', 'Byr0n35qu3'],
    ['the tenant and a year', 'acme2026acme'],
    ['the shop', 'analyticalengines'],
    ['the shop and a number', 'Analytical-Engines99'],
    ['a name with a digit', '4you-4you-2026'],
    ['a name with accents', 'zoëcafézoë'],
  ])('by whose it is: %s', (_what, password) => {
    expect(predictability(password, context)).toBe('context')
    expect(predictability(password, [])).not.toBe('context')
  })

  it('only by words of three letters or more', () => {
    expect(predictability('jo-kw-jo-kw-xz', ['jo', 'kw'])).toBeUndefined()
  })
})

describe('a password is not predictable', () => {
  it.each([
    'kö9w!vxq',
    'Tr0ub4dor&3',
    'correct horse battery staple',
    'my password is none of your business',
    'the shop of ada lovelace sells tea',
    'purple tuba quietly',
    'xkcd-936-forever-yours',
    'dragon eats seven pancakes',
    '人生は一度きりだから',
    '🦊🌵🎷🪁🧭🍄🛶🎲',
  ])('although listed words may be in it: %s', (password) => {
    expect(predictability(password, ['ada.lovelace', 'acme', 'The Tea Shop'])).toBeUndefined()
  })

  it('by being random, whatever the context is', () => {
    const letters = fc.constantFrom(...'bcdfghjkmnpqrstvwxz2689')
    const distinct = fc
      .uniqueArray(letters, { minLength: 15, maxLength: 20 })
      .map((chosen) => chosen.join(''))
    const names = fc.array(fc.string({ minLength: 1, maxLength: 2 }), { maxLength: 5 })
    fc.assert(
      fc.property(distinct, names, (password, texts) => {
        expect(predictability(password, texts)).toBeUndefined()
      }),
    )
  })

  it('is told quickly of the longest passwords', () => {
    const longest = [
      'abc'.repeat(85),
      `${'a'.repeat(127)}b`.repeat(2),
      `${'ab'.repeat(127)}cd`,
      'passwör'.repeat(36),
    ]
    const started = performance.now()
    for (const password of longest) predictability(password, ['passw'.repeat(12), 'a'.repeat(64)])
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('the common words', () => {
  it('are a few hundred, each three lower-case letters or more', () => {
    expect(commonWords.size).toBeGreaterThan(500)
    for (const word of commonWords) expect(word).toMatch(/^[a-z]{3,}$/)
  })
})
