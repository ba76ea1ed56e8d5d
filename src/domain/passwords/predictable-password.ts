/**
 * Which passwords are predictable, judged as a whole (NIST SP 800-63B-4 §3.1.1.2, block list): those that fewer than six
 * parts tell, a part being a character, a run, or a listed word. A long phrase with a common word in it stays fine, and
 * `P@ssw0rd2026!` is four parts. Whether a breach has made a password known is not decided here.
 */
import { commonWords } from './common-passwords.ts'

/** What makes a password predictable: repetition and sequence alone, common words, or words about its owner. */
export type Predictability = 'pattern' | 'common' | 'context'

const partsMin = 6
const partLengthMin = 3
const partLengthMax = 64

/** `contextTexts` are e-mail addresses' local parts and names that an attacker would try first. */
export function predictability(
  password: string,
  contextTexts: readonly string[],
): Predictability | undefined {
  const letters = repeatedUnit([...password.toLowerCase()])
  const context = new Set(contextTexts.flatMap(wordsOf))
  const told = (...lists: ReadonlySet<string>[]) => isToldByFewParts(letters, [runs, years, ...lists])
  if (told()) return 'pattern'
  if (told(commonWords)) return 'common'
  return told(commonWords, context) ? 'context' : undefined
}

/** Advances from the beginning one part at a time, over all ways to cut the password. */
function isToldByFewParts(letters: readonly string[], lists: readonly ReadonlySet<string>[]): boolean {
  let ends = new Set([0])
  for (let parts = 1; parts < partsMin; parts += 1) {
    ends = new Set([...ends].flatMap((start) => partEnds(letters, start, lists)))
    if (ends.has(letters.length)) return true
  }
  return false
}

function partEnds(
  letters: readonly string[],
  start: number,
  lists: readonly ReadonlySet<string>[],
): number[] {
  const ends = [start + 1]
  const first = letters[start]
  let isSame = true
  let plain = ''
  let folded = ''
  for (let end = start + 1; end <= letters.length && end - start <= partLengthMax; end += 1) {
    const letter = letters[end - 1] ?? ''
    plain += letter
    folded += standIns.get(letter) ?? letter
    isSame &&= letter === first
    const listed = isSame || lists.some((list) => list.has(plain) || list.has(folded))
    if (end - start >= partLengthMin && listed) ends.push(end)
  }
  return ends
}

/** What a text repeats, `abc` for `abcabcab`; the text itself when it does not repeat anything. */
function repeatedUnit(letters: readonly string[]): readonly string[] {
  for (let length = 1; length * 2 <= letters.length; length += 1)
    if (letters.every((letter, at) => at < length || letter === letters[at - length]))
      return letters.slice(0, length)
  return letters
}

/** A name as a whole, without its punctuation, and its words. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase()
  const words = plain.split(/[^\p{L}\p{M}\p{N}]+/u)
  const spelled = [plain, words.join(''), ...words].filter((word) => word.length >= partLengthMin)
  return spelled.flatMap((word) => [word, [...word].map((letter) => standIns.get(letter) ?? letter).join('')])
}

/** Characters that people write for letters. */
const standIns: ReadonlyMap<string, string> = new Map([
  ['@', 'a'],
  ['4', 'a'],
  ['3', 'e'],
  ['€', 'e'],
  ['1', 'i'],
  ['!', 'i'],
  ['0', 'o'],
  ['5', 's'],
  ['$', 's'],
  ['7', 't'],
])

/** Alphabet, digits, and the rows and columns of keyboards, which are read in both directions and may begin anew. */
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  '!@#$%^&*()',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
]

const runs: ReadonlySet<string> = new Set(
  rows.flatMap((row) => [row, [...row].reverse().join('')]).flatMap(runsAlong),
)

/** Every run of a row's length or less, the end joined to the beginning. */
function runsAlong(row: string): string[] {
  const lengths = Array.from({ length: row.length - partLengthMin + 1 }, (_, more) => partLengthMin + more)
  return [...row].flatMap((_, start) => lengths.map((length) => (row + row).slice(start, start + length)))
}

const years: ReadonlySet<string> = new Set(Array.from({ length: 100 }, (_, year) => String(1950 + year)))
