// Paths with a fault in them, so that the fuzzer's own test can see that it finds such.

import type { FuzzPath } from './path.ts'

const SEEDS = ['{"kind":"message","text":"hello","from":{"id":42}}', 'data: {"delta":"a"}\n\n'].map((text) =>
  new TextEncoder().encode(text),
)

export default [
  planted('sound', () => Promise.resolve()),
  planted('rejects', async (input) => {
    const value = JSON.parse(withoutFault(input)) as { from?: { id?: unknown } } | null
    if (typeof value?.from?.id === 'string') throw new Error('the id was a text')
  }),
  planted('crashes-later', async (input) => {
    if (input.includes(0)) void Promise.reject(new Error('nobody waits for this'))
  }),
  planted('hangs', (input) => (input.length === 0 ? new Promise(() => {}) : Promise.resolve()), 20),
  planted('freezes', async (input) => {
    while (input.length === 7);
  }),
  planted('ends', async (input) => {
    if (input.length === 7) process.exit(3)
  }),
  grows(),
] satisfies readonly FuzzPath[]

function planted(name: string, feed: (input: Uint8Array) => Promise<void>, limitMs = 2_000): FuzzPath {
  return {
    name,
    limitMs,
    // The last is as long as what `freezes` and `ends` wait for.
    seeds: () => [...SEEDS, new TextEncoder().encode('1234567')],
    open: async () => ({ feed, probe: () => Promise.resolve(), close: () => Promise.resolve() }),
  }
}

function grows(): FuzzPath {
  const kept: string[] = []
  const keep = async (): Promise<void> =>
    void kept.push(Buffer.alloc(100_000, String(kept.length)).toString())
  // Collecting all of it takes a busy machine a while: that is no hang.
  return planted('grows', keep, 20_000)
}

function withoutFault(input: Uint8Array): string {
  try {
    const text = new TextDecoder().decode(input)
    JSON.parse(text)
    return text
  } catch {
    return 'null'
  }
}
