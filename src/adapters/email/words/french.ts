/**
 * What the mails say in French. Mustache templates for text; markup and links are added around them.
 */
import type { LanguageWords } from './language-words.ts'

export const french: LanguageWords = {
  greeting: 'Bonjour{{#name}} {{name}}{{/name}},',
  closing: 'Cordialement',
  validity: 'Ce lien est valable pendant {{validFor}}.',
  occasion: 'Cela a été demandé le {{madeAt}}{{#madeFrom}} depuis {{madeFrom}}{{/madeFrom}}.',
  notMe: 'Ce n’était pas moi',
  templates: {
    'opt-in': {
      subject: 'Confirmez votre adresse e-mail',
      body: ['Merci de votre inscription. Veuillez confirmer que cette adresse e-mail est la vôtre.'],
      button: 'Confirmer l’adresse e-mail',
      note: 'Si vous ne vous êtes pas inscrit, vous pouvez ignorer cet e-mail.',
    },
    'opt-in-resent': {
      subject: 'Votre nouveau lien d’activation',
      body: [
        'Vous avez redemandé le lien qui active votre compte. Veuillez confirmer que cette adresse e-mail est la vôtre.',
      ],
      button: 'Confirmer l’adresse e-mail',
      note: 'Si ce n’était pas vous, vous pouvez ignorer cet e-mail.',
    },
    welcome: {
      subject: 'Bienvenue chez {{shop}}',
      body: [
        'Votre compte est prêt. Vous pouvez maintenant vous connecter avec votre adresse e-mail.',
        'Nous sommes heureux de vous compter parmi nous.',
      ],
    },
    'account-prepared': {
      subject: 'Votre compte est en préparation',
      body: [
        'Nous préparons un compte pour vous chez {{shop}}. Vous n’avez rien à faire : nous vous écrirons dès que vous pourrez l’utiliser.',
      ],
    },
    'initial-password': {
      subject: 'Choisissez le mot de passe de votre nouveau compte',
      body: [
        'Un compte a été créé pour vous chez {{shop}}. Veuillez choisir un mot de passe pour vous connecter.',
      ],
      button: 'Choisir un mot de passe',
      note: 'Si vous ne savez pas de quoi il s’agit, vous pouvez ignorer cet e-mail.',
    },
    'migration-reminder': {
      subject: 'Connectez-vous pour garder votre mot de passe',
      body: [
        'Nous transférons les comptes de notre clientèle vers un nouveau système. Votre mot de passe suivra à votre prochaine connexion : merci de vous connecter bientôt.',
        'Vous pouvez aussi en choisir un nouveau dès maintenant.',
      ],
      button: 'Choisir un nouveau mot de passe',
      note: 'Si vous ne faites rien, votre compte reste en place ; il vous faudra seulement un nouveau mot de passe plus tard.',
    },
    'password-reset': {
      subject: 'Réinitialisez votre mot de passe',
      body: ['Quelqu’un, sans doute vous, a demandé à réinitialiser le mot de passe de votre compte.'],
      button: 'Choisir un nouveau mot de passe',
      note: 'Si ce n’était pas vous, ignorez cet e-mail : votre mot de passe reste inchangé.',
    },
    'password-changed': {
      subject: 'Votre mot de passe a été modifié',
      body: [
        'Le mot de passe de votre compte a été modifié et tous les autres appareils ont été déconnectés.',
        'Si ce n’était pas vous, réinitialisez votre mot de passe maintenant et contactez-nous.',
      ],
    },
    'choose-password': {
      subject: 'Choisissez votre mot de passe',
      body: [
        'Votre adresse e-mail est confirmée. Le lien provient d’un message que tout le monde pouvait demander ; le mot de passe de l’inscription n’est donc plus valable.',
        'Veuillez en choisir un nouveau pour vous connecter.',
      ],
      button: 'Choisir un mot de passe',
    },
    'email-change': {
      subject: 'Confirmez votre nouvelle adresse e-mail',
      body: [
        'Vous souhaitez utiliser cette adresse e-mail pour votre compte. Veuillez confirmer qu’elle est la vôtre.',
      ],
      button: 'Confirmer la nouvelle adresse',
      note: 'Si ce n’était pas vous, ignorez cet e-mail : rien ne changera.',
    },
    'email-confirmation': {
      subject: 'Cette adresse e-mail est désormais utilisée pour un compte',
      body: [
        'Un compte chez {{shop}} utilise désormais cette adresse e-mail. Si ce compte est le vôtre, veuillez le confirmer avec votre mot de passe.',
        'Si ce n’était pas vous, dites-le avec le même lien : le compte perdra cette adresse.',
      ],
      button: 'Confirmer ou refuser',
    },
    'email-changed': {
      subject: 'Votre adresse e-mail a été modifiée',
      body: [
        'Votre compte utilise désormais une autre adresse e-mail ; celle-ci ne permet plus de se connecter.',
        'Si ce n’était pas vous, {{#link}}annulez le changement avec ce lien et {{/link}}contactez-nous immédiatement.',
      ],
      button: 'Annuler le changement',
    },
    'account-added': {
      subject: 'Un identifiant a été ajouté à votre compte',
      body: [
        'Une autre adresse e-mail permet désormais de se connecter à votre compte.',
        'Si ce n’était pas vous, changez votre mot de passe et contactez-nous.',
      ],
    },
    'account-confirmation': {
      subject: 'Confirmez votre connexion supplémentaire',
      body: [
        'Vous souhaitez aussi vous connecter avec cette adresse e-mail. Veuillez la confirmer avec le mot de passe de votre compte.',
        'Si ce n’était pas vous, dites-le avec le même lien : rien ne sera ajouté.',
      ],
      button: 'Confirmer ou refuser',
    },
    deletion: {
      subject: 'Confirmez la suppression de votre compte',
      body: [
        'Vous avez demandé la suppression de votre compte et de toutes ses données. Elle est définitive.',
      ],
      button: 'Supprimer mon compte',
      note: 'Si ce n’était pas vous, ignorez cet e-mail et changez votre mot de passe.',
    },
    'already-registered': {
      subject: 'Vous avez déjà un compte',
      body: [
        'Quelqu’un, sans doute vous, a voulu utiliser cette adresse e-mail pour un compte. Vous en avez déjà un : connectez-vous.',
        'Un mot de passe oublié se réinitialise sur la page de connexion. Si ce n’était pas vous, il n’y a rien à faire.',
      ],
    },
    'no-account': {
      subject: 'Aucun compte pour cette adresse e-mail',
      body: [
        'Quelqu’un, sans doute vous, a voulu réinitialiser un mot de passe chez {{shop}}, mais il n’y a pas de compte pour cette adresse e-mail.',
        'Si vous avez un compte, vous utilisez peut-être une autre adresse. Si ce n’était pas vous, il n’y a rien à faire.',
      ],
    },
    'webhook-disabled': {
      subject: 'Un webhook a été désactivé',
      body: [
        'Un webhook de votre boutique a été désactivé, car rien n’est arrivé à son adresse depuis deux jours ou parce que le destinataire ne veut plus d’événements.',
        'Réparez le destinataire, réactivez le webhook et renvoyez les événements manqués entre-temps.',
      ],
    },
  },
}
