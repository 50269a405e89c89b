// Which forms stand behind a button of ours, because they came too late to be opened? The newest thousand, by token.

export interface LateForms {
  add(token: string): void
  /** True once for each. */
  delete(token: string): boolean
}

const MAX_KEPT = 1_000

export function createLateForms(): LateForms {
  const tokens = new Set<string>()
  return {
    add(token) {
      tokens.add(token)
      if (tokens.size > MAX_KEPT) tokens.delete(tokens.values().next().value ?? '')
    },
    delete: (token) => tokens.delete(token),
  }
}
