// A reply that waited for its person is fetched whole: what of it stood there before they answered?

/**
 * `whole` without what `preface` ends with, block by block: a reply that is followed after a restart is told from its
 * beginning, the question to the person among it, and that stands on the screen already. Quotes count on neither side: the
 * person's own answer stands as one. Pure.
 */
export function withoutSaid(preface: string, whole: string): string {
  const said = preface.split(BLANK).filter(isSaid)
  const blocks = whole.split(BLANK)
  for (let from = 0; from < said.length; from += 1) {
    const end = endOf(said.slice(from), blocks)
    if (end !== undefined) return blocks.slice(end).join(BLANK)
  }
  return whole
}

const BLANK = '\n\n'

const isSaid = (block: string): boolean => block.trim() !== '' && !block.startsWith('>')

/** Behind which block of `blocks` all of `said` has come, in order and from the first on. */
function endOf(said: readonly string[], blocks: readonly string[]): number | undefined {
  let at = 0
  for (const wanted of said) {
    while (at < blocks.length && !isSaid(blocks[at] ?? '')) at += 1
    if (blocks[at]?.trim() !== wanted.trim()) return undefined
    at += 1
  }
  return at
}
