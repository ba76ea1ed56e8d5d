/**
 * What the mails say in German. Mustache templates for text; markup and links are added around them.
 */
import type { LanguageWords } from './language-words.ts'

export const german: LanguageWords = {
  greeting: 'Guten Tag{{#name}} {{name}}{{/name}},',
  closing: 'Freundliche Grüße',
  validity: 'Der Link ist {{validFor}} lang gültig.',
  occasion: 'Das wurde am {{madeAt}}{{#madeFrom}} aus {{madeFrom}}{{/madeFrom}} angefordert.',
  notMe: 'Das war ich nicht',
  templates: {
    'opt-in': {
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      body: ['Danke für Ihre Registrierung. Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.'],
      button: 'E-Mail-Adresse bestätigen',
      note: 'Wenn Sie sich nicht registriert haben, können Sie diese E-Mail ignorieren.',
    },
    'opt-in-resent': {
      subject: 'Ihr neuer Aktivierungslink',
      body: [
        'Sie haben den Link zur Aktivierung Ihres Kontos noch einmal angefordert. Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.',
      ],
      button: 'E-Mail-Adresse bestätigen',
      note: 'Wenn Sie das nicht waren, können Sie diese E-Mail ignorieren.',
    },
    welcome: {
      subject: 'Willkommen bei {{shop}}',
      body: [
        'Ihr Konto ist bereit. Sie können sich jetzt mit Ihrer E-Mail-Adresse anmelden.',
        'Schön, dass Sie bei uns sind.',
      ],
    },
    'account-prepared': {
      subject: 'Ihr Konto wird vorbereitet',
      body: [
        'Wir bereiten bei {{shop}} ein Konto für Sie vor. Sie müssen nichts tun: Wir schreiben Ihnen, sobald Sie es verwenden können.',
      ],
    },
    'initial-password': {
      subject: 'Wählen Sie das Passwort Ihres neuen Kontos',
      body: [
        'Bei {{shop}} wurde ein Konto für Sie angelegt. Bitte wählen Sie ein Passwort, mit dem Sie sich anmelden.',
      ],
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
    'choose-password': {
      subject: 'Wählen Sie Ihr Passwort',
      body: [
        'Ihre E-Mail-Adresse ist bestätigt. Der Link stammt aus einer E-Mail, die jeder anfordern konnte; das Passwort der Registrierung gilt deshalb nicht mehr.',
        'Bitte wählen Sie ein neues, um sich anzumelden.',
      ],
      button: 'Passwort wählen',
    },
    'email-change': {
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      body: [
        'Sie möchten diese E-Mail-Adresse für Ihr Konto verwenden. Bitte bestätigen Sie, dass sie Ihnen gehört.',
      ],
      button: 'Neue E-Mail-Adresse bestätigen',
      note: 'Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Es ändert sich nichts.',
    },
    'email-confirmation': {
      subject: 'Diese E-Mail-Adresse gehört jetzt zu einem Konto',
      body: [
        'Ein Konto bei {{shop}} verwendet jetzt diese E-Mail-Adresse. Wenn es Ihr Konto ist, bestätigen Sie das bitte mit Ihrem Passwort.',
        'Wenn Sie das nicht waren, sagen Sie es mit demselben Link: Das Konto verliert dann diese Adresse.',
      ],
      button: 'Bestätigen oder ablehnen',
    },
    'email-changed': {
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      body: [
        'Ihr Konto verwendet jetzt eine andere E-Mail-Adresse; mit dieser können Sie sich nicht mehr anmelden.',
        'Wenn Sie das nicht waren, {{#link}}machen Sie die Änderung mit diesem Link rückgängig und {{/link}}melden Sie sich sofort bei uns.',
      ],
      button: 'Änderung rückgängig machen',
    },
    'account-added': {
      subject: 'Ihr Konto hat eine weitere Anmeldung',
      body: [
        'Mit einer weiteren E-Mail-Adresse kann man sich jetzt an Ihrem Konto anmelden.',
        'Wenn Sie das nicht waren, ändern Sie Ihr Passwort und melden Sie sich bei uns.',
      ],
    },
    'account-confirmation': {
      subject: 'Bestätigen Sie Ihre weitere Anmeldung',
      body: [
        'Sie möchten sich auch mit dieser E-Mail-Adresse anmelden. Bitte bestätigen Sie sie mit dem Passwort Ihres Kontos.',
        'Wenn Sie das nicht waren, sagen Sie es mit demselben Link: Es wird dann nichts hinzugefügt.',
      ],
      button: 'Bestätigen oder ablehnen',
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
    'no-account': {
      subject: 'Zu dieser E-Mail-Adresse gibt es kein Konto',
      body: [
        'Jemand, vermutlich Sie selbst, wollte bei {{shop}} ein Passwort zurücksetzen, aber zu dieser E-Mail-Adresse gibt es kein Konto.',
        'Wenn Sie ein Konto haben, verwenden Sie dafür vielleicht eine andere Adresse. Wenn Sie das nicht waren, ist nichts zu tun.',
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
