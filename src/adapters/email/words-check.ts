/**
 * Whether words that a tenant wants to use can be used: variables that there are, the link where a mail has one, nothing
 * that does not belong in a mail, and no variable in a place where escaping would not hold.
 */
import { mailPurpose, mayLackLink, type MailTemplate } from '../../domain/mail/mail.ts'
import {
  mailPartLengthMax,
  mailVariables,
  type MailPart,
  type MailVariable,
  type MailWords,
} from '../../domain/mail/mail-template.ts'
import type { Violation } from '../../domain/base/result.ts'
import { fill, readTags, type Tag } from './mustache.ts'

/** What every reader's mail has; the rest may be absent. */
const surely: Partial<Record<MailVariable, string>> = {
  email: 'reader@shop.example',
  shop: 'Shop',
  link: 'https://shop.example/page?token=sample',
  validFor: '24 hours',
}

const forbiddenElement =
  /<[\s/]*(script|style|iframe|object|embed|applet|form|input|button|textarea|select|svg|math|base|meta|link|title|template|plaintext|xmp|noscript)\b|<[!?]/i
const eventHandler = /[\s"'/]on[a-z]+\s*=/gi
const foreignUrl = /(?:href|src|background|action)\s*=[\s"']*(?!https:|mailto:|tel:|\{\{link\}\}|#)[^\s"'>]/i

export function checkWords(template: MailTemplate, words: MailWords): Violation[] {
  return (['subject', 'text', 'html'] as const).flatMap((part) => {
    const problem = checkPart(template, part, words[part])
    return problem === undefined ? [] : [problem]
  })
}

function checkPart(template: MailTemplate, part: MailPart, source: string): Violation | undefined {
  const refuse = (message: string, type: Violation['type'] = 'invalid') => ({ field: part, type, message })
  const lengthMax = mailPartLengthMax[part]
  if (source.trim() === '') return refuse(`${part} is required.`, 'missing')
  if (source.length > lengthMax) return refuse(`${part} has at most ${lengthMax} characters.`, 'too_large')
  if (part === 'subject' ? /\p{Cc}/u.test(source) : /[^\P{Cc}\t\r\n]/u.test(source))
    return refuse(`${part} has a control character.`)
  const read = readTags(source)
  if (!read.ok) return refuse(read.problem)
  const allowed: readonly string[] = mailVariables(template, part)
  const unknown = read.tags.map(({ name }) => name).filter((name) => !allowed.includes(name))
  if (unknown.length > 0)
    return refuse(`Unknown variable: ${[...new Set(unknown)].join(', ')}. There are: ${allowed.join(', ')}.`)
  const misplaced = part === 'html' ? markupProblem(source, read.tags) : undefined
  if (misplaced !== undefined) return refuse(misplaced)
  const filled = fill(source, surely, part === 'html' ? 'html' : 'text')
  if (filled.trim() === '') return refuse(`${part} is empty when the reader's name is not known.`)
  if (part === 'subject' || mailPurpose[template] === undefined) return undefined
  const needed = part === 'html' ? `href="${surely.link}"` : (surely.link ?? '')
  if (filled.includes(needed)) {
    const { link: _absent, ...without } = surely
    const broken =
      part === 'html' && mayLackLink(template) && fill(source, without, 'html').includes('href=""')
    return broken
      ? refuse('Not every such mail has a link: put it between {{#link}} and {{/link}}.')
      : undefined
  }
  const form = part === 'html' ? 'href="{{link}}"' : '{{link}}'
  return refuse(`This mail needs its link: ${form} has to be there, whoever reads it.`, 'missing')
}

/** Inside of a tag there may be nothing but the link, as the whole of an attribute in double quotes. */
function markupProblem(source: string, tags: readonly Tag[]): string | undefined {
  const element = forbiddenElement.exec(source)?.[0]
  if (element !== undefined) return `This does not belong in a mail: ${element}`
  if (foreignUrl.test(source)) return 'Addresses begin with https:, mailto: or tel:, or are {{link}}.'
  const inTag = placesInTags(source)
  if ([...source.matchAll(eventHandler)].some(({ index }) => inTag[index]))
    return 'Event handlers do not belong in a mail.'
  const misplaced = tags.find(({ at }) => inTag[at] && !source.startsWith('href="{{link}}"', at - 6))
  return misplaced && `Inside of a tag there may be nothing but href="{{link}}", not ${misplaced.name}.`
}

/** For each character whether it stands between `<` and `>`; a `>` in quotes does not end a tag. */
function placesInTags(source: string): boolean[] {
  let open = false
  let quote = ''
  return source.split('').map((character) => {
    const before = open
    if (!open) open = character === '<'
    else if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else open = character !== '>'
    return before
  })
}
