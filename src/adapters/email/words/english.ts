/**
 * What the mails say in English. Mustache templates for text; markup and links are added around them.
 */
import type { LanguageWords } from './language-words.ts'

export const english: LanguageWords = {
  greeting: 'Hello{{#name}} {{name}}{{/name}},',
  closing: 'Kind regards',
  validity: 'The link works for {{validFor}}.',
  occasion: 'This was asked for on {{madeAt}}{{#madeFrom}} from {{madeFrom}}{{/madeFrom}}.',
  notMe: 'This was not me',
  templates: {
    'opt-in': {
      subject: 'Confirm your e-mail address',
      body: ['Thank you for signing up. Please confirm that this e-mail address is yours.'],
      button: 'Confirm e-mail address',
      note: 'If you did not sign up, you can ignore this e-mail.',
    },
    'opt-in-resent': {
      subject: 'Your new activation link',
      body: [
        'You asked for the link that activates your account once more. Please confirm that this e-mail address is yours.',
      ],
      button: 'Confirm e-mail address',
      note: 'If you did not ask for it, you can ignore this e-mail.',
    },
    welcome: {
      subject: 'Welcome to {{shop}}',
      body: [
        'Your account is ready. You can sign in with your e-mail address now.',
        'It is good to have you with us.',
      ],
    },
    'account-prepared': {
      subject: 'Your account is being prepared',
      body: [
        'We are preparing an account for you at {{shop}}. There is nothing you need to do: we will write to you as soon as you can use it.',
      ],
    },
    'initial-password': {
      subject: 'Choose the password of your new account',
      body: ['An account was made for you at {{shop}}. Please choose a password to sign in with.'],
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
    'choose-password': {
      subject: 'Choose your password',
      body: [
        'Your e-mail address is confirmed. The link came from a mail that anyone could ask for, so the password of the sign-up is no longer valid.',
        'Please choose a new one to sign in with.',
      ],
      button: 'Choose a password',
    },
    'email-change': {
      subject: 'Confirm your new e-mail address',
      body: ['You asked to use this e-mail address for your account. Please confirm that it is yours.'],
      button: 'Confirm new e-mail address',
      note: 'If it was not you, ignore this e-mail: nothing will change.',
    },
    'email-confirmation': {
      subject: 'This e-mail address is now used for an account',
      body: [
        'An account at {{shop}} now uses this e-mail address. If the account is yours, please confirm it with your password.',
        'If it was not you, say so with the same link: the account then loses this address.',
      ],
      button: 'Confirm or decline',
    },
    'email-changed': {
      subject: 'Your e-mail address was changed',
      body: [
        'Your account now uses another e-mail address; this one can no longer be used to sign in.',
        'If it was not you, {{#link}}take the change back with this link and {{/link}}contact us at once.',
      ],
      button: 'Take the change back',
    },
    'account-added': {
      subject: 'A login was added to your account',
      body: [
        'Another e-mail address can now be used to sign in to your account.',
        'If it was not you, change your password and contact us.',
      ],
    },
    'account-confirmation': {
      subject: 'Confirm your further login',
      body: [
        'You asked to sign in with this e-mail address, too. Please confirm it with the password of your account.',
        'If it was not you, say so with the same link: nothing will be added.',
      ],
      button: 'Confirm or decline',
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
    'no-account': {
      subject: 'There is no account with this e-mail address',
      body: [
        'Somebody, probably you, asked to reset a password at {{shop}}, but there is no account with this e-mail address.',
        'If you have an account, you may have used another address. If it was not you, there is nothing to do.',
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
