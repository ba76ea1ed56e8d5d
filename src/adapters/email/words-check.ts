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
import { markupProblem } from './markup-check.ts'
import { fill, readTags } from './mustache.ts'

/** What every reader's mail has; the rest may be absent. */
const surely: Partial<Record<MailVariable, string>> = {
  email: 'reader@shop.example',
  shop: 'Shop',
  link: 'https://shop.example/page?token=sample',
  validFor: '24 hours',
}

export async function checkWords(template: MailTemplate, words: MailWords): Promise<Violation[]> {
  const parts = ['subject', 'text', 'html'] as const
  const problems = await Promise.all(parts.map((part) => checkPart(template, part, words[part])))
  return problems.filter((problem) => problem !== undefined)
}

async function checkPart(
  template: MailTemplate,
  part: MailPart,
  source: string,
): Promise<Violation | undefined> {
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
  const misplaced = part === 'html' ? await markupProblem(source) : undefined
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
