/**
 * Tags of languages in the one spelling in which records keep them (BCP 47).
 */

/** Languages are kept as BCP 47 tags (`en-US`), whatever separator a dialect writes. */
export function languageTag(text: string): string {
  return text.replaceAll('_', '-')
}
