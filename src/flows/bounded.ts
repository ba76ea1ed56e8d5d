/**
 * Many pieces of work, a few at a time: a request and a sweep have only so many calls to other parts at once.
 */

/** The results in the order of `items`; the first exception ends it all. */
export async function inTurns<T, R>(
  items: readonly T[],
  atOnceMax: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) results[place] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker))
  return results
}
