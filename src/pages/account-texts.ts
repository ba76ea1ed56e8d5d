/**
 * What the pages behind mailed links say, per language. A language has all texts or it is not in here.
 */
import { parseAccept } from 'hono/utils/accept'

export const accountPageNames = [
  'opt-in',
  'reset-password',
  'change-email',
  'confirm-email',
  'confirm-account',
  'not-me',
  'undo-email-change',
  'delete',
] as const
export type AccountPageName = (typeof accountPageNames)[number]

export interface AccountTexts {
  pages: Record<AccountPageName, { title: string; lead: string; button: string; done: string }>
  newPassword: string
  /** Of the account, which is asked for before a mailbox counts. */
  ownPassword: string
  ownPasswordHint: string
  wrongPassword: string
  notMe: string
  notMeDone: string
  /** After a confirmation that ended the password of the sign-up. */
  confirmedChoose: string
  passwordHint: (lengthMin: number) => string
  passwordRefused: { length: (lengthMin: number, lengthMax: number) => string; guessable: string }
  done: string
  notFound: string
  invalidLink: { title: string; lead: string }
  tooMany: { title: string; lead: string }
  failed: { title: string; lead: string }
}

export const accountTexts: Record<'en' | 'de' | 'fr', AccountTexts> = {
  en: {
    pages: {
      'opt-in': {
        title: 'Confirm your e-mail address',
        lead: 'Press the button to confirm that this e-mail address is yours.',
        button: 'Confirm',
        done: 'Thank you, your e-mail address is confirmed. You can sign in now.',
      },
      'reset-password': {
        title: 'Choose a new password',
        lead: 'You will be signed out on all other devices.',
        button: 'Save password',
        done: 'Your new password is saved. You can sign in with it now.',
      },
      'change-email': {
        title: 'Confirm your new e-mail address',
        lead: 'Press the button to use this e-mail address for your account.',
        button: 'Confirm',
        done: 'Your e-mail address is changed. Please sign in with the new one.',
      },
      'confirm-email': {
        title: 'Is this your account?',
        lead: 'An account uses this e-mail address. If it is yours, confirm it with the password of the account.',
        button: 'Confirm',
        done: 'Thank you, your e-mail address is confirmed.',
      },
      'confirm-account': {
        title: 'Confirm your further login',
        lead: 'To sign in with this e-mail address as well, confirm it with the password that your account has had so far.',
        button: 'Confirm',
        done: 'Thank you. You can sign in with this e-mail address, too.',
      },
      'not-me': {
        title: 'This was not you?',
        lead: 'Then press the button: what was asked for with your e-mail address is taken back.',
        button: 'This was not me',
        done: 'Thank you. It is taken back, and your e-mail address is free.',
      },
      'undo-email-change': {
        title: 'Take the e-mail change back',
        lead: 'Your account gets this e-mail address back. All devices are signed out, and we mail you a link for a new password.',
        button: 'Take the change back',
        done: 'Your account has its old e-mail address again. Please choose a new password with the link that we have mailed you.',
      },
      delete: {
        title: 'Delete your account',
        lead: 'Your account and everything in it will be deleted. This cannot be undone.',
        button: 'Delete my account for ever',
        done: 'Your account is deleted.',
      },
    },
    ownPassword: 'Password of your account',
    ownPasswordHint: 'The one that you sign in with today.',
    wrongPassword: 'This is not the password of the account.',
    notMe: 'This was not me',
    notMeDone: 'Thank you. It is taken back, and your e-mail address is free.',
    confirmedChoose: 'Your e-mail address is confirmed. Please choose a password to sign in with.',
    newPassword: 'New password',
    passwordHint: (lengthMin) => `At least ${lengthMin} characters.`,
    passwordRefused: {
      length: (lengthMin, lengthMax) => `A password has from ${lengthMin} to ${lengthMax} characters.`,
      guessable: 'This password is too easy to guess. Please choose another one.',
    },
    done: 'Done',
    notFound: 'There is no such page',
    invalidLink: {
      title: 'This link is no longer valid',
      lead: 'It has been used already, has expired or is incomplete. Please ask for a new one.',
    },
    tooMany: { title: 'Too many attempts', lead: 'Please wait a while and try again.' },
    failed: { title: 'That did not work', lead: 'Nothing was changed. Please try again later.' },
  },
  de: {
    pages: {
      'opt-in': {
        title: 'E-Mail-Adresse bestätigen',
        lead: 'Bestätigen Sie mit der Schaltfläche, dass diese E-Mail-Adresse Ihnen gehört.',
        button: 'Bestätigen',
        done: 'Danke, Ihre E-Mail-Adresse ist bestätigt. Sie können sich jetzt anmelden.',
      },
      'reset-password': {
        title: 'Neues Passwort wählen',
        lead: 'Auf allen anderen Geräten werden Sie abgemeldet.',
        button: 'Passwort speichern',
        done: 'Ihr neues Passwort ist gespeichert. Sie können sich jetzt damit anmelden.',
      },
      'change-email': {
        title: 'Neue E-Mail-Adresse bestätigen',
        lead: 'Mit der Schaltfläche verwenden Sie diese E-Mail-Adresse für Ihr Konto.',
        button: 'Bestätigen',
        done: 'Ihre E-Mail-Adresse ist geändert. Bitte melden Sie sich mit der neuen an.',
      },
      'confirm-email': {
        title: 'Ist das Ihr Konto?',
        lead: 'Ein Konto verwendet diese E-Mail-Adresse. Wenn es Ihres ist, bestätigen Sie das mit dem Passwort des Kontos.',
        button: 'Bestätigen',
        done: 'Danke, Ihre E-Mail-Adresse ist bestätigt.',
      },
      'confirm-account': {
        title: 'Weitere Anmeldung bestätigen',
        lead: 'Um sich auch mit dieser E-Mail-Adresse anzumelden, bestätigen Sie sie mit dem bisherigen Passwort Ihres Kontos.',
        button: 'Bestätigen',
        done: 'Danke. Sie können sich auch mit dieser E-Mail-Adresse anmelden.',
      },
      'not-me': {
        title: 'Das waren nicht Sie?',
        lead: 'Dann drücken Sie die Schaltfläche: Was mit Ihrer E-Mail-Adresse angefordert wurde, wird zurückgenommen.',
        button: 'Das war ich nicht',
        done: 'Danke. Es ist zurückgenommen, und Ihre E-Mail-Adresse ist frei.',
      },
      'undo-email-change': {
        title: 'Änderung der E-Mail-Adresse rückgängig machen',
        lead: 'Ihr Konto erhält diese E-Mail-Adresse zurück. Alle Geräte werden abgemeldet, und wir senden Ihnen einen Link für ein neues Passwort.',
        button: 'Rückgängig machen',
        done: 'Ihr Konto hat wieder seine alte E-Mail-Adresse. Bitte wählen Sie mit dem Link, den wir Ihnen gesendet haben, ein neues Passwort.',
      },
      delete: {
        title: 'Konto löschen',
        lead: 'Ihr Konto wird mit allen Daten gelöscht. Das kann nicht rückgängig gemacht werden.',
        button: 'Mein Konto endgültig löschen',
        done: 'Ihr Konto ist gelöscht.',
      },
    },
    ownPassword: 'Passwort Ihres Kontos',
    ownPasswordHint: 'Das Passwort, mit dem Sie sich bisher anmelden.',
    wrongPassword: 'Das ist nicht das Passwort des Kontos.',
    notMe: 'Das war ich nicht',
    notMeDone: 'Danke. Es ist zurückgenommen, und Ihre E-Mail-Adresse ist frei.',
    confirmedChoose: 'Ihre E-Mail-Adresse ist bestätigt. Bitte wählen Sie ein Passwort für die Anmeldung.',
    newPassword: 'Neues Passwort',
    passwordHint: (lengthMin) => `Mindestens ${lengthMin} Zeichen.`,
    passwordRefused: {
      length: (lengthMin, lengthMax) => `Ein Passwort hat ${lengthMin} bis ${lengthMax} Zeichen.`,
      guessable: 'Dieses Passwort ist zu leicht zu erraten. Bitte wählen Sie ein anderes.',
    },
    done: 'Erledigt',
    notFound: 'Diese Seite gibt es nicht',
    invalidLink: {
      title: 'Dieser Link ist nicht mehr gültig',
      lead: 'Er wurde schon verwendet, ist abgelaufen oder unvollständig. Bitte fordern Sie einen neuen an.',
    },
    tooMany: {
      title: 'Zu viele Versuche',
      lead: 'Bitte warten Sie eine Weile und versuchen Sie es noch einmal.',
    },
    failed: {
      title: 'Das hat nicht geklappt',
      lead: 'Es wurde nichts geändert. Bitte versuchen Sie es später noch einmal.',
    },
  },
  fr: {
    pages: {
      'opt-in': {
        title: 'Confirmer votre adresse e-mail',
        lead: 'Appuyez sur le bouton pour confirmer que cette adresse e-mail est la vôtre.',
        button: 'Confirmer',
        done: 'Merci, votre adresse e-mail est confirmée. Vous pouvez maintenant vous connecter.',
      },
      'reset-password': {
        title: 'Choisir un nouveau mot de passe',
        lead: 'Vous serez déconnecté de tous les autres appareils.',
        button: 'Enregistrer le mot de passe',
        done: 'Votre nouveau mot de passe est enregistré. Vous pouvez maintenant vous connecter.',
      },
      'change-email': {
        title: 'Confirmer votre nouvelle adresse e-mail',
        lead: 'Appuyez sur le bouton pour utiliser cette adresse e-mail pour votre compte.',
        button: 'Confirmer',
        done: 'Votre adresse e-mail est modifiée. Veuillez vous connecter avec la nouvelle.',
      },
      'confirm-email': {
        title: 'Est-ce votre compte ?',
        lead: 'Un compte utilise cette adresse e-mail. Si c’est le vôtre, confirmez-le avec le mot de passe du compte.',
        button: 'Confirmer',
        done: 'Merci, votre adresse e-mail est confirmée.',
      },
      'confirm-account': {
        title: 'Confirmer votre connexion supplémentaire',
        lead: 'Pour vous connecter aussi avec cette adresse e-mail, confirmez-la avec le mot de passe actuel de votre compte.',
        button: 'Confirmer',
        done: 'Merci. Vous pouvez aussi vous connecter avec cette adresse e-mail.',
      },
      'not-me': {
        title: 'Ce n’était pas vous ?',
        lead: 'Alors appuyez sur le bouton : ce qui a été demandé avec votre adresse e-mail est annulé.',
        button: 'Ce n’était pas moi',
        done: 'Merci. C’est annulé, et votre adresse e-mail est libre.',
      },
      'undo-email-change': {
        title: 'Annuler le changement d’adresse e-mail',
        lead: 'Votre compte retrouvera cette adresse e-mail. Tous les appareils seront déconnectés et nous vous enverrons un lien pour choisir un nouveau mot de passe.',
        button: 'Annuler le changement',
        done: 'Votre compte a retrouvé son ancienne adresse e-mail. Veuillez choisir un nouveau mot de passe avec le lien que nous vous avons envoyé.',
      },
      delete: {
        title: 'Supprimer votre compte',
        lead: 'Votre compte et toutes ses données seront supprimés définitivement.',
        button: 'Supprimer mon compte définitivement',
        done: 'Votre compte est supprimé.',
      },
    },
    ownPassword: 'Mot de passe de votre compte',
    ownPasswordHint: 'Celui avec lequel vous vous connectez aujourd’hui.',
    wrongPassword: 'Ce n’est pas le mot de passe du compte.',
    notMe: 'Ce n’était pas moi',
    notMeDone: 'Merci. C’est annulé, et votre adresse e-mail est libre.',
    confirmedChoose:
      'Votre adresse e-mail est confirmée. Veuillez choisir un mot de passe pour vous connecter.',
    newPassword: 'Nouveau mot de passe',
    passwordHint: (lengthMin) => `Au moins ${lengthMin} caractères.`,
    passwordRefused: {
      length: (lengthMin, lengthMax) => `Un mot de passe compte de ${lengthMin} à ${lengthMax} caractères.`,
      guessable: 'Ce mot de passe est trop facile à deviner. Veuillez en choisir un autre.',
    },
    done: 'C’est fait',
    notFound: 'Cette page n’existe pas',
    invalidLink: {
      title: 'Ce lien n’est plus valable',
      lead: 'Il a déjà été utilisé, a expiré ou est incomplet. Veuillez en demander un nouveau.',
    },
    tooMany: { title: 'Trop de tentatives', lead: 'Veuillez patienter un moment, puis réessayer.' },
    failed: { title: 'Cela n’a pas fonctionné', lead: 'Rien n’a été modifié. Veuillez réessayer plus tard.' },
  },
}

/** A language and the words in it. */
export interface Speech {
  language: 'en' | 'de' | 'fr'
  texts: AccountTexts
}

/** The reader's language as the browser says it, else the tenant's, else English. */
export function languageOf(request: Request | undefined, ofTenant = 'en'): Speech {
  const wishes = parseAccept(request?.headers.get('Accept-Language') ?? '').sort((a, b) => b.q - a.q)
  const language = [...wishes.map(({ type }) => type), ofTenant].flatMap(spoken)[0] ?? 'en'
  return { language, texts: accountTexts[language] }
}

function spoken(tag: string): Speech['language'][] {
  const language = tag.slice(0, 2).toLowerCase()
  return language === 'en' || language === 'de' || language === 'fr' ? [language] : []
}
