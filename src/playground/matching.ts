// Which of Coze's chats did each platform's person get answered from? Everybody asks the same, and users are hashed.
//
// A chat belongs to a screen on which its whole answer stands; no chat belongs to two.

/** For each row the column that belongs to it, as many as can be; `fits` tells whether they can belong together. */
export function matchUp(
  rows: number,
  columns: number,
  fits: (row: number, column: number) => boolean,
): readonly (number | undefined)[] {
  const rowOf = new Map<number, number>()
  const place = (row: number, tried: Set<number>): boolean => {
    for (let column = 0; column < columns; column += 1) {
      if (tried.has(column) || !fits(row, column)) continue
      tried.add(column)
      const before = rowOf.get(column)
      if (before !== undefined && !place(before, tried)) continue
      rowOf.set(column, row)
      return true
    }
    return false
  }
  for (let row = 0; row < rows; row += 1) place(row, new Set())
  const columnOf = new Map([...rowOf].map(([column, row]) => [row, column]))
  return Array.from({ length: rows }, (_, row) => columnOf.get(row))
}
