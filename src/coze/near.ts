// Which of these ids was probably meant?

/** One that differs by at most three characters put in, left out or changed; undefined where none does. */
export function near(meant: string, known: readonly string[]): string | undefined {
  const ranked = known.map((id) => ({ id, apart: distance(meant, id) })).sort((a, b) => a.apart - b.apart)
  const best = ranked[0]
  return best !== undefined && best.apart <= MOST_APART ? best.id : undefined
}

/** Ids have nineteen digits. Our choice. */
const MOST_APART = 3

/** Levenshtein, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
