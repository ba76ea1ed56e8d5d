/**
 * What the mails say, per language. Plain sentences without names, links or markup: the renderer adds those.
 * A language has all mails or it is not in here; which language a reader gets is decided by the renderer.
 */
import type { MailTemplate } from '../../domain/mail.ts'
import { french } from './templates-fr.ts'

export interface MailTexts {
  greeting: (name: string | undefined) => string
  closing: string
  templates: Record<MailTemplate, TemplateTexts>
}

export interface TemplateTexts {
  subject: string
  /** Paragraphs before the link. */
  body: string[]
  /** What the button says; only for mails that carry a link. */
  button?: string
  /** Paragraph after the link. */
  note?: string
}

const english: MailTexts = {
  greeting: (name) => (name === undefined ? 'Hello,' : `Hello ${name},`),
  closing: 'Kind regards',
  templates: {
    'opt-in': {
      subject: 'Confirm your e-mail address',
      body: ['Thank you for signing up. Please confirm that this e-mail address is yours.'],
      button: 'Confirm e-mail address',
      note: 'If you did not sign up, you can ignore this e-mail.',
    },
    'account-prepared': {
      subject: 'Your account is being prepared',
      body: [
        'We are preparing an account for you. There is nothing you need to do: we will write to you as soon as you can use it.',
      ],
    },
    'initial-password': {
      subject: 'Choose the password of your new account',
      body: ['An account was made for you. Please choose a password to sign in with.'],
      button: 'Choose a password',
      note: 'If you do not know what this is about, you can ignore this e-mail.',
    },
    'migration-reminder': {
      subject: 'Please sign in to keep your password',
      body: [
        'We are moving our customer accounts to a new system. Your password moves along when you next sign in, so please do that soon.',
        'You can choose a new password instead, right now.',
      ],
      button: 'Choose a new password',
      note: 'If you do nothing, your account stays; you will only need a new password later.',
    },
    'password-reset': {
      subject: 'Reset your password',
      body: ['Somebody, probably you, asked to reset the password of your account.'],
      button: 'Choose a new password',
      note: 'If it was not you, ignore this e-mail: your password stays as it is.',
    },
    'password-changed': {
      subject: 'Your password was changed',
      body: [
        'The password of your account was changed, and all other devices were signed out.',
        'If it was not you, reset your password now and contact us.',
      ],
    },
    'email-change': {
      subject: 'Confirm your new e-mail address',
      body: ['You asked to use this e-mail address for your account. Please confirm that it is yours.'],
      button: 'Confirm new e-mail address',
      note: 'If it was not you, ignore this e-mail: nothing will change.',
    },
    'email-changed': {
      subject: 'Your e-mail address was changed',
      body: [
        'Your account now uses another e-mail address; this one can no longer be used to sign in.',
        'If it was not you, contact us at once.',
      ],
    },
    'account-added': {
      subject: 'A login was added to your account',
      body: [
        'Another e-mail address can now be used to sign in to your account.',
        'If it was not you, change your password and contact us.',
      ],
    },
    deletion: {
      subject: 'Confirm the deletion of your account',
      body: ['You asked to delete your account with everything in it. This cannot be undone.'],
      button: 'Delete my account',
      note: 'If it was not you, ignore this e-mail and change your password.',
    },
    'already-registered': {
      subject: 'You already have an account',
      body: [
        'Somebody, probably you, tried to use this e-mail address for an account. You already have one: please sign in.',
        'If you have forgotten your password, you can reset it on the sign-in page. If it was not you, there is nothing to do.',
      ],
    },
    'webhook-disabled': {
      subject: 'A webhook was disabled',
      body: [
        'A webhook of your shop was disabled, because nothing has arrived at its address for two days or because the receiver wants no more events.',
        'Repair the receiver, enable the webhook again, and replay the events of the time in between.',
      ],
    },
  },
}

const german: MailTexts = {
  greeting: (name) => (name === undefined ? 'Guten Tag,' : `Guten Tag ${name},`),
  closing: 'Freundliche Grüße',
  templates: {
    'opt-in': {
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      body: ['Danke für Ihre Registrierung. Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.'],
      button: 'E-Mail-Adresse bestätigen',
      note: 'Wenn Sie sich nicht registriert haben, können Sie diese E-Mail ignorieren.',
    },
    'account-prepared': {
      subject: 'Ihr Konto wird vorbereitet',
      body: [
        'Wir bereiten ein Konto für Sie vor. Sie müssen nichts tun: Wir schreiben Ihnen, sobald Sie es verwenden können.',
      ],
    },
    'initial-password': {
      subject: 'Wählen Sie das Passwort Ihres neuen Kontos',
      body: ['Für Sie wurde ein Konto angelegt. Bitte wählen Sie ein Passwort, mit dem Sie sich anmelden.'],
      button: 'Passwort wählen',
      note: 'Wenn Sie nicht wissen, worum es geht, können Sie diese E-Mail ignorieren.',
    },
    'migration-reminder': {
      subject: 'Bitte melden Sie sich an, um Ihr Passwort zu behalten',
      body: [
        'Wir ziehen mit den Konten unserer Kundschaft in ein neues System um. Ihr Passwort zieht um, wenn Sie sich das nächste Mal anmelden: Bitte tun Sie das bald.',
        'Sie können stattdessen auch jetzt gleich ein neues wählen.',
      ],
      button: 'Neues Passwort wählen',
      note: 'Wenn Sie nichts tun, bleibt Ihr Konto bestehen; Sie brauchen dann später ein neues Passwort.',
    },
    'password-reset': {
      subject: 'Setzen Sie Ihr Passwort zurück',
      body: ['Jemand, vermutlich Sie selbst, möchte das Passwort Ihres Kontos zurücksetzen.'],
      button: 'Neues Passwort wählen',
      note: 'Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Ihr Passwort bleibt, wie es ist.',
    },
    'password-changed': {
      subject: 'Ihr Passwort wurde geändert',
      body: [
        'Das Passwort Ihres Kontos wurde geändert, alle anderen Geräte wurden abgemeldet.',
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort jetzt zurück und melden Sie sich bei uns.',
      ],
    },
    'email-change': {
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      body: [
        'Sie möchten diese E-Mail-Adresse für Ihr Konto verwenden. Bitte bestätigen Sie, dass sie Ihnen gehört.',
      ],
      button: 'Neue E-Mail-Adresse bestätigen',
      note: 'Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Es ändert sich nichts.',
    },
    'email-changed': {
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      body: [
        'Ihr Konto verwendet jetzt eine andere E-Mail-Adresse; mit dieser können Sie sich nicht mehr anmelden.',
        'Wenn Sie das nicht waren, melden Sie sich sofort bei uns.',
      ],
    },
    'account-added': {
      subject: 'Ihr Konto hat eine weitere Anmeldung',
      body: [
        'Mit einer weiteren E-Mail-Adresse kann man sich jetzt an Ihrem Konto anmelden.',
        'Wenn Sie das nicht waren, ändern Sie Ihr Passwort und melden Sie sich bei uns.',
      ],
    },
    deletion: {
      subject: 'Bestätigen Sie die Löschung Ihres Kontos',
      body: ['Sie möchten Ihr Konto mit allen Daten löschen. Das kann nicht rückgängig gemacht werden.'],
      button: 'Mein Konto löschen',
      note: 'Wenn Sie das nicht waren, ignorieren Sie diese E-Mail und ändern Sie Ihr Passwort.',
    },
    'already-registered': {
      subject: 'Sie haben bereits ein Konto',
      body: [
        'Jemand, vermutlich Sie selbst, wollte diese E-Mail-Adresse für ein Konto verwenden. Sie haben schon eines: Bitte melden Sie sich an.',
        'Ein vergessenes Passwort können Sie auf der Anmeldeseite zurücksetzen. Wenn Sie das nicht waren, ist nichts zu tun.',
      ],
    },
    'webhook-disabled': {
      subject: 'Ein Webhook wurde abgeschaltet',
      body: [
        'Ein Webhook Ihres Shops wurde abgeschaltet, weil an seiner Adresse seit zwei Tagen nichts angekommen ist oder der Empfänger keine Ereignisse mehr will.',
        'Reparieren Sie den Empfänger, schalten Sie den Webhook wieder ein und senden Sie die Ereignisse der Zwischenzeit erneut.',
      ],
    },
  },
}

const languages: ReadonlyMap<string, MailTexts> = new Map([
  ['en', english],
  ['de', german],
  ['fr', french],
])

/** The first of the wished languages (`de`, `de_AT`, `de-AT`) that there are texts in, else English. */
export function textsIn(...wished: (string | undefined)[]): { language: string; texts: MailTexts } {
  for (const tag of wished) {
    const language = tag?.split(/[-_]/)[0]?.toLowerCase() ?? ''
    const texts = languages.get(language)
    if (texts) return { language, texts }
  }
  return { language: 'en', texts: english }
}
