/**
 * The way of a stack out of an object: of an error that leaves it, the platform keeps message and properties only.
 * So that the caller, who knows the request, can log where it happened.
 */

/** Waits for work in the object; its failure takes its stack along. */
export async function withStack<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { stackInObject: error.stack }) : error
  }
}
