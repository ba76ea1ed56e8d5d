/**
 * The translations that every tenant has, as the same mustache templates that a tenant's own are: one text and one HTML
 * form of the same words.
 */
import { mailTemplates, type MailTemplate } from '../../domain/mail/mail.ts'
import type { MailTranslation } from '../../domain/mail/mail-template.ts'
import { escapeHtml } from './mustache.ts'
import { english } from './words/english.ts'
import { french } from './words/french.ts'
import { german } from './words/german.ts'
import type { LanguageWords } from './words/language-words.ts'

const languages: Record<string, LanguageWords> = { en: english, de: german, fr: french }

export const builtInLanguages: readonly string[] = Object.keys(languages)

const builtIn = new Map(
  mailTemplates.map((template) => [
    template,
    Object.entries(languages).map(([language, words]) => translation(language, words, template)),
  ]),
)

export function builtInTranslations(template: MailTemplate): readonly MailTranslation[] {
  return builtIn.get(template) ?? []
}

/** Of the language, or of the one that it is a kind of; English else. */
export function wordsOf(language: string): LanguageWords {
  const bare = language.split('-')[0] ?? ''
  return Object.hasOwn(languages, bare) ? (languages[bare] ?? english) : english
}

function translation(language: string, words: LanguageWords, template: MailTemplate): MailTranslation {
  const { subject, body, button, note } = words.templates[template]
  const { greeting, closing, validity } = words
  const before = [greeting, ...body]
  const after = note === undefined ? [] : [note]
  const action = button === undefined ? [] : ['{{#link}}', '{{link}}', '', validity, '', '{{/link}}']
  return {
    language,
    subject,
    text: [...before.flatMap(spaced), ...action, ...after.flatMap(spaced), closing, '{{shop}}', ''].join(
      '\n',
    ),
    html: [
      ...before.map(paragraph),
      ...(button === undefined ? [] : htmlAction(button, validity)),
      ...after.map(paragraph),
      `<p>${escapeHtml(closing)}<br>{{shop}}</p>`,
    ].join('\n'),
  }
}

function htmlAction(button: string, validity: string): string[] {
  return [
    '{{#link}}',
    `<p><a class="button" href="{{link}}">${escapeHtml(button)}</a></p>`,
    `<p class="small">${escapeHtml(validity)}<br>{{link}}</p>`,
    '{{/link}}',
  ]
}

function spaced(text: string): string[] {
  return [text, '']
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`
}
