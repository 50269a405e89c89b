// How does a screen look in a terminal, frame by frame?

import type { Frame } from '../emulators/telegram/index.ts'
import type { ShownText } from './watch.ts'

export interface Printer {
  begin(question: string): void
  frame(frame: Frame): void
  end(reply: readonly ShownText[]): void
}

/** Of a long message only its end is printed while it grows. */
const LINES_SHOWN = 14

export function createPrinter(json: boolean, print: (line: string) => void): Printer {
  let startedAtMs = 0
  let frames = 0
  const sinceMs = (atPerfMs: number): number => Math.round(atPerfMs - startedAtMs)
  const asJson = (atMs: number, messageId: number | undefined, text: string, final: boolean): void =>
    print(JSON.stringify({ platform: 'telegram', atMs, messageId, text, final }))

  return {
    begin(question) {
      startedAtMs = performance.now()
      frames = 0
      if (!json) print(`Ann writes on Telegram: ${question}\n`)
    },
    frame({ kind, messageId, draftId, text, atPerfMs }) {
      frames += 1
      const id = messageId ?? draftId
      if (json) {
        asJson(sinceMs(atPerfMs), id, text, false)
        return
      }
      const lines = text.split('\n')
      const hidden = Math.max(0, lines.length - LINES_SHOWN)
      print(`── ${seconds(sinceMs(atPerfMs))} · ${kind} · message ${id ?? '?'} · ${text.length} characters`)
      if (hidden > 0) print(`   … ${hidden} lines above`)
      for (const line of lines.slice(hidden)) print(`   ${line}`)
    },
    end(reply) {
      const atMs = sinceMs(performance.now())
      if (json) {
        for (const { messageId, text } of reply) asJson(atMs, messageId, text, true)
        return
      }
      const characters = reply.reduce((sum, { text }) => sum + text.length, 0)
      const messages = reply.length === 1 ? '1 message' : `${reply.length} messages`
      print(
        `\nThe whole answer stands: ${characters} characters in ${messages}, ${frames} frames, ${seconds(atMs)}.\n`,
      )
    },
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
