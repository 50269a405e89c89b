// The real fetch, counted: a test that ends asks whether anything is still under way.

import type { Fetch } from '../../src/contract/runtime.ts'

export function countedFetch(): { readonly fetch: Fetch; open(): number } {
  let open = 0
  return {
    async fetch(url, init) {
      open += 1
      try {
        return await globalThis.fetch(url, init)
      } finally {
        open -= 1
      }
    },
    open: () => open,
  }
}
