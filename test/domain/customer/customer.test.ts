/** The customer's small rules: one spelling of a language, whatever a dialect writes. */
import { languageTag } from '../../../src/domain/base/language-tag.ts'
import { expect, it } from 'vitest'

it.each([
  ['en', 'en'],
  ['en_US', 'en-US'],
  ['en-US', 'en-US'],
  ['zh_Hant_TW', 'zh-Hant-TW'],
])('the language %s is kept as %s', (written, kept) => {
  expect(languageTag(written)).toBe(kept)
})
