/**
 * The sweep that gives e-mails their present key, where they still have one from before a domain had one spelling. Written
 * past the customer's object, which reads keys and finds no row by them.
 */
import type { DatabaseName, Ports, SpelledBefore } from '../ports/index.ts'

const rowsMax = 200
const pagesMax = 20

export function spellingsFlow({ emailSpellings }: Pick<Ports, 'emailSpellings'>) {
  return {
    async sweep(database: DatabaseName): Promise<void> {
      let after: SpelledBefore | undefined
      for (let page = 0; page < pagesMax; page += 1) {
        after = await emailSpellings.respell(database, after, rowsMax)
        if (!after) return
      }
    },
  }
}
