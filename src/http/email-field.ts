/**
 * Fields that take an e-mail, of every dialect: spaces around one are cut, and every spelling of it is taken.
 */
import { z } from 'zod'
import { isEmailAddress, namesHost, tidyEmail } from '../domain/credentials/email-address.ts'

/** Longer than any address, with its spaces. */
const typedMax = 4000

/** An address that mail can be sent to. */
export function emailField(message: string) {
  return z.string().max(typedMax).overwrite(tidyEmail).refine(isEmailAddress, message)
}

/** What is typed to find an account: looked up, never mailed to. */
export function emailName(message: string) {
  return z
    .string()
    .max(typedMax)
    .overwrite(tidyEmail)
    .min(1)
    .max(320)
    .regex(/^[^\p{Cc}]*$/u, message)
    .refine(namesHost, message)
}
