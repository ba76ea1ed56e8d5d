/**
 * What the pages behind mailed links say, per language. A language has all texts or it is not in here.
 */
import { parseAccept } from 'hono/utils/accept'

export const accountPageNames = [
  'opt-in',
  'reset-password',
  'change-email',
  'undo-email-change',
  'delete',
] as const
export type AccountPageName = (typeof accountPageNames)[number]

export interface AccountTexts {
  pages: Record<AccountPageName, { title: string; lead: string; button: string; done: string }>
  newPassword: string
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
