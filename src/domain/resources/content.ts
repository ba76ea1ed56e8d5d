/**
 * What every kind of resource is made of: a body and perhaps a key that its merchant chose, and how one action changes both.
 */
import type { Result } from '../base/result.ts'

/** What a client decides about a resource with a body of this kind. */
export interface Content<Body> {
  key?: string | undefined
  body: Body
}

/** How one action changes a resource; pure. */
export type ChangeOf<Body, Action> = (content: Content<Body>, action: Action) => Result<Content<Body>>

/** Text in several languages, by BCP 47 tag. */
export type LocalizedText = { [language: string]: string }
