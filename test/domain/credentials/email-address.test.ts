/**
 * E-mail addresses: what is taken for one (T58: nothing that a mail server could read differently), and which spellings
 * are one account (T24).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  asciiDomain,
  emailKey,
  isEmailAddress,
  sameEmail,
  tidyEmail,
} from '../../../src/domain/credentials/email-address.ts'

/** Any code point, and often letters and marks whose case or composition is peculiar. */
const letters = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom(...'JHTWYAIKSaijs\u0130\u0131\u03a3\u03c2\u1e9e\u212a\u212b\ud83d'),
  fc.constantFrom('\u030c', '\u0331', '\u0308', '\u030a', '\u0307', '\u02be', '\u0345'),
)

describe('an e-mail address', () => {
  it.each([
    'ada@shop.example',
    'Ada.Lovelace+tag@mail.shop.example',
    "o'hara_!#$%&*/=?^`{|}~-@shop.example",
    'jörg@müller.example',
    'यूज़र@उदाहरण.example',
    'a@b.c',
    `${'a'.repeat(64)}@shop.example`,
    `a@${'b'.repeat(63)}.example`,
    'ada@xn--mller-kva.example',
    'ada@\uff53hop.example',
    'ada@\u017fhop.example',
    'ada@shop\u3002example',
  ])('%s is accepted', (text) => {
    expect(isEmailAddress(text)).toBe(true)
  })

  it.each([
    ['empty', ''],
    ['no at sign', 'ada.shop.example'],
    ['no local part', '@shop.example'],
    ['no domain', 'ada@'],
    ['no dot in the domain', 'ada@localhost'],
    ['two at signs', 'ada@shop@shop.example'],
    ['a display name', 'Ada <ada@shop.example>'],
    ['angle brackets', '<ada@shop.example>'],
    ['a comment', 'ada(home)@shop.example'],
    ['a quoted local part', '"ada"@shop.example'],
    ['a quoted at sign', '"a@x"<b@y.example>'],
    ['two addresses', 'a@x.example,b@y.example'],
    ['a semicolon', 'a@x.example;b@y.example'],
    ['a group', 'team:a@x.example;'],
    ['a source route', '@relay.example:ada@shop.example'],
    ['a bang path', 'relay!ada@shop .example'],
    ['a domain literal', 'ada@[127.0.0.1]'],
    ['a leading dot', '.ada@shop.example'],
    ['a trailing dot', 'ada.@shop.example'],
    ['two dots', 'ada..b@shop.example'],
    ['a dot at the end of the domain', 'ada@shop.example.'],
    ['an empty label', 'ada@shop..example'],
    ['a hyphen before the domain', 'ada@-shop.example'],
    ['a hyphen after a label', 'ada@shop-.example'],
    ['an underscore in the domain', 'ada@my_shop.example'],
    ['a blank', 'ada b@shop.example'],
    ['a blank around', ' ada@shop.example'],
    ['a line feed', 'ada@shop.example\nBcc: b@shop.example'],
    ['a carriage return', 'ada\r@shop.example'],
    ['a NUL', 'ada\0@shop.example'],
    ['a line separator', 'ada\u2028@shop.example'],
    ['a zero-width space', 'ada\u200b@shop.example'],
    ['a direction override', 'ada\u202e@shop.example'],
    ['a lone surrogate', 'ada\ud800@shop.example'],
    ['a decomposed letter', 'jo\u0308rg@shop.example'],
    ['the Kelvin sign', '\u212aelvin@shop.example'],
    ['a local part that is too long', `${'a'.repeat(65)}@shop.example`],
    ['a label that is too long', `a@${'b'.repeat(64)}.example`],
    ['a joiner where none may stand', 'ada@a\u200cb.example'],
    ['a number for a domain', 'ada@1.2'],
    ['full-width numbers for a domain', 'ada@\uff11.\uff12'],
    ['a port', 'ada@shop.example:80'],
    ['an escape in the domain', 'ada@sh%6fp.example'],
    ['a mark that hides a path', 'ada@\u2100.example'],
    ['254 characters exceeded', `a@${'b.'.repeat(124)}example`],
  ])('with %s is refused', (_what, text) => {
    expect(isEmailAddress(text)).toBe(false)
  })
})

describe('the key of an e-mail address', () => {
  it.each([
    ['letter case', 'Ada.LOVELACE@Shop.Example', 'ada.lovelace@shop.example'],
    ['letter case beyond ASCII', 'JÖRG@shop.example', 'jörg@shop.example'],
    ['the way of composing a letter', 'jo\u0308rg@shop.example', 'jörg@shop.example'],
    ['both at once', 'J\u030caroslav@shop.example', '\u01f0aroslav@shop.example'],
    ['the two names of a domain', 'ada@b\u00fccher.example', 'ada@XN--BCHER-KVA.example'],
    ['the way of composing a domain', 'ada@bu\u0308cher.example', 'ada@B\u00dcCHER.example'],
    ['full-width letters of a domain', 'ada@\uff53hop.example', 'ada@shop.example'],
    ['a long s in a domain', 'ada@\u017fhop.example', 'ada@shop.example'],
    ['an ideographic full stop', 'ada@shop\u3002example', 'ada@shop.example'],
    ['spaces around', ' \u00a0\tada@shop.example ', 'ada@shop.example'],
    ['the Kelvin sign', '\u212aelvin@shop.example', 'kelvin@shop.example'],
    ['the place of a capital sigma', 'ΟΔΟΣ@shop.example', 'οδοσ@shop.example'],
  ])('ignores %s', (_what, left, right) => {
    expect(emailKey(left)).toBe(emailKey(right))
    expect(sameEmail(left, right)).toBe(true)
  })

  it.each([
    ['a dotless i', 'ad\u0131@shop.example', 'adi@shop.example'],
    ['a dotted capital I', 'AD\u0130@shop.example', 'adi@shop.example'],
    ['a full-width letter', '\uff41da@shop.example', 'ada@shop.example'],
    ['a Cyrillic look-alike', '\u0430da@shop.example', 'ada@shop.example'],
    ['a ligature', 'o\ufb03ce@shop.example', 'office@shop.example'],
    ['a sharp s', 'stra\u00dfe@shop.example', 'strasse@shop.example'],
    ['a long s', 'cu\u017ftomer@shop.example', 'customer@shop.example'],
    ['a sharp s in a domain', 'ada@stra\u00dfe.example', 'ada@strasse.example'],
    ['a Cyrillic domain', 'ada@sh\u043ep.example', 'ada@shop.example'],
    ['a dot', 'a.da@shop.example', 'ada@shop.example'],
    ['a tag', 'ada+shop@shop.example', 'ada@shop.example'],
  ])('keeps %s apart', (_what, left, right) => {
    expect(emailKey(left)).not.toBe(emailKey(right))
    expect(sameEmail(left, right)).toBe(false)
  })

  it('of a key is the key itself, and it is composed', () => {
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 20 }), (text) => {
        const key = emailKey(text)
        expect(emailKey(key)).toBe(key)
        expect(key.normalize('NFC')).toBe(key)
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same for every spelling of an accepted address in other ASCII case', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        fc.pre(isEmailAddress(address))
        expect(emailKey(address.toUpperCase())).toBe(emailKey(address))
        expect(isEmailAddress(emailKey(address))).toBe(true)
      }),
    )
  })
})

/** Letters that are one letter in a domain, and those that are one in a local part as well. */
const inDomain = [
  ['s', 'S', '\uff53', '\uff33', '\u017f', '\u24e2'],
  ['\u00fc', '\u00dc', 'u\u0308', 'U\u0308'],
  ['k', 'K', '\u212a'],
]
const inBoth = [
  ['s', 'S'],
  ['\u00fc', '\u00dc', 'u\u0308', 'U\u0308'],
  ['k', 'K', '\u212a'],
]
const wordOf = (classes: string[][]) => fc.array(fc.nat(classes.length - 1), { minLength: 1, maxLength: 8 })
const spellingOf = (word: number[], classes: string[][]) =>
  fc.tuple(...word.map((letter) => fc.constantFrom(...(classes[letter] ?? [])))).map((all) => all.join(''))
const spaces = fc.constantFrom('', ' ', '\t', '\u00a0 ')
const names = fc.tuple(wordOf(inBoth), wordOf(inDomain))
const spellings = ([local, host]: [number[], number[]]) =>
  fc
    .tuple(
      ...[spaces, spellingOf(local, inBoth), fc.constant('@'), spellingOf(host, inDomain)],
      ...[
        fc.constantFrom('.', '\u3002', '\uff0e'),
        fc.constantFrom('example', 'EXAMPLE', '\uff45xample'),
        spaces,
      ],
    )
    .map((all) => all.join(''))

describe('the spellings of addresses', () => {
  it('of one mailbox have one key, which is a spelling of it, and each is accepted without the spaces around it', () => {
    const two = names.chain((name) => fc.tuple(spellings(name), spellings(name)))
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(emailKey(one)).toBe(emailKey(other))
        for (const typed of [one, other, emailKey(one)]) {
          expect(isEmailAddress(tidyEmail(typed))).toBe(true)
          expect(emailKey(tidyEmail(typed))).toBe(emailKey(one))
          expect(emailKey(asciiDomain(tidyEmail(typed)))).toBe(emailKey(one))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('of two mailboxes never share one', () => {
    const two = fc
      .tuple(names, names)
      .filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))
      .chain(([one, other]) => fc.tuple(spellings(one), spellings(other)))
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(emailKey(one)).not.toBe(emailKey(other))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('outside of the service, an address', () => {
  it.each([
    ['ada@shop.example', 'ada@shop.example'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ädä@例え.example', 'ädä@xn--r8jz45g.example'],
    ['ada@1.2', 'ada@1.2'],
  ])('has its domain in ASCII: %s', (email, expected) => {
    expect(asciiDomain(email)).toBe(expected)
  })

  it.each([
    ['letter case', 'Ada@Shop.example', 'ada@shop.example'],
    ['the two names of a domain', 'ada@b\u00fccher.example', 'ada@xn--bcher-kva.example'],
    ['a decomposed letter', 'ada@bu\u0308cher.example', 'Ada@XN--BCHER-KVA.example'],
  ])('is the same mailbox whatever its %s', (_what, left, right) => {
    expect(emailKey(left)).toBe(emailKey(right))
  })

  it('is another mailbox with another local part or domain', () => {
    const others = ['ada@shop.example', 'ada+shop@shop.example', 'ada@xn--shop-.example', 'ada@shop2.example']
    expect(new Set(others.map(emailKey)).size).toBe(others.length)
  })
})
