/**
 * What a language has to say to be a language of the mails: it has all of them or none.
 */
import type { MailTemplate } from '../../../domain/mail/mail.ts'

/** Mustache templates, all of them single paragraphs of plain text. */
export interface LanguageWords {
  greeting: string
  closing: string
  /** Stands below each link. */
  validity: string
  /** Below the link of a mail that confirms something: when and from where that was asked for, … */
  occasion: string
  /** … and the words of the second link, for a reader who did not. */
  notMe: string
  templates: Record<MailTemplate, TemplateWords>
}

export interface TemplateWords {
  subject: string
  /** Paragraphs before the link. */
  body: string[]
  /** What the button says; only for mails that may carry a link. */
  button?: string
  /** Paragraph after the link. */
  note?: string
}
