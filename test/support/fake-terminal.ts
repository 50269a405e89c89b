// A terminal for tests: what is written there is read as text, and keys are typed when a question stands on it.

import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { GENEROUS_MS } from './e2e-stage.ts'

export const KEYS = { enter: '\r', down: '\u001B[B', space: ' ', interrupt: '\u0003' } as const

export interface FakeTerminal {
  readonly input: PassThrough & { readonly isTTY: true }
  readonly output: PassThrough & { readonly isTTY: true }
  /** All that ever stood there, without colours and movements. */
  readonly text: string
  /** Waits until the words stand there, below those waited for before, and types. */
  answer(question: string | RegExp, ...keys: readonly string[]): Promise<void>
  /** The same without typing. */
  shows(words: string | RegExp): Promise<void>
}

export function openFakeTerminal(): FakeTerminal {
  const input = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode: () => undefined })
  const output = Object.assign(new PassThrough(), { isTTY: true as const, columns: 120, rows: 60 })
  let raw = ''
  output.setEncoding('utf8').on('data', (text: string) => (raw += text))
  let seen = 0

  async function shows(words: string | RegExp): Promise<void> {
    const deadlineMs = performance.now() + GENEROUS_MS
    for (;;) {
      const rest = stripVTControlCharacters(raw).slice(seen)
      const at = typeof words === 'string' ? rest.indexOf(words) : rest.search(words)
      if (at >= 0) {
        seen += at + 1
        return
      }
      if (performance.now() > deadlineMs)
        throw new Error(`In vain: ${String(words)}. The terminal:\n${stripVTControlCharacters(raw)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  return {
    input,
    output,
    get text() {
      return stripVTControlCharacters(raw)
    },
    shows,
    async answer(question, ...keys) {
      await shows(question)
      for (const key of keys) {
        input.write(key)
        // Whoever reads keys takes what comes at once for one paste.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
