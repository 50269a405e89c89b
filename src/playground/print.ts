// How do the screens look in a terminal, frame by frame? Side by side; as JSON lines for programs.

import { createCanvas, type Output } from './canvas.ts'
import { pad, sideBySide, type Column } from './columns.ts'
import type { PlatformName, Seat, SeatFrame } from './seats.ts'
import type { Outcome } from './watch.ts'

export interface Printer {
  begin(question: string): void
  frame(frame: SeatFrame): void
  end(outcomes: readonly Outcome[]): void
}

/** More often than so nobody can read it. */
const DRAW_EVERY_MS = 150
/** Of a long message only its end is printed while it grows. */
const LINES_WHILE_GROWING = 14
const LINES_AT_THE_END = 60
/** For what stands round the text: question, titles, rule, prompt. */
const LINES_AROUND = 7

export function createPrinter(json: boolean, seats: readonly Seat[], output: Output): Printer {
  return json ? jsonLines(output) : columnsIn(output, seats)
}

function jsonLines(output: Output): Printer {
  let startedAtMs = 0
  const line = (
    { platform, messageId, text }: { platform: PlatformName; messageId: string; text: string },
    atPerfMs: number,
    final: boolean,
  ): void => {
    const atMs = Math.round(atPerfMs - startedAtMs)
    output.write(`${JSON.stringify({ platform, atMs, messageId, text, final })}\n`)
  }
  return {
    begin: () => {
      startedAtMs = performance.now()
    },
    frame: (frame) => line(frame, frame.atPerfMs, false),
    end(outcomes) {
      const nowMs = performance.now()
      for (const { platform, verdict, shown } of outcomes) {
        if (verdict.whole) for (const message of shown) line({ platform, ...message }, nowMs, true)
      }
    },
  }
}

/** The newest message of a platform. */
interface Newest {
  readonly messageIds: Set<string>
  text: string
  atMs: number
}

function columnsIn(output: Output, seats: readonly Seat[]): Printer {
  const newest = new Map<PlatformName, Newest>()
  let startedAtMs = 0
  let drawnAtMs = 0
  const canvas = createCanvas(output)
  let timer: NodeJS.Timeout | undefined

  const draw = (columns: readonly Column[], maxLines: number): void => {
    clearTimeout(timer)
    timer = undefined
    drawnAtMs = performance.now()
    canvas.draw(sideBySide(columns, { widthCells: output.widthCells, maxLines, keep: 'end' }))
  }
  const drawNow = (): void => {
    const maxLines = output.isTerminal
      ? Math.max(3, Math.min(LINES_WHILE_GROWING, output.heightLines - LINES_AROUND))
      : LINES_WHILE_GROWING
    draw(
      seats.map(({ platform, title }) => columnOf(title, newest.get(platform))),
      maxLines,
    )
  }
  return {
    begin(question) {
      newest.clear()
      canvas.leave()
      startedAtMs = performance.now()
      output.write(`Ann writes on ${inWords(seats.map(({ title }) => title))}: ${question}\n\n`)
    },
    frame({ platform, messageId, text, atPerfMs }) {
      const column = newest.get(platform) ?? { messageIds: new Set(), text: '', atMs: 0 }
      const looksTheSame = column.text === text && column.messageIds.has(messageId)
      column.messageIds.add(messageId)
      column.text = text
      column.atMs = atPerfMs - startedAtMs
      newest.set(platform, column)
      if (looksTheSame) return
      timer ??= setTimeout(drawNow, Math.max(0, drawnAtMs + DRAW_EVERY_MS - performance.now()))
    },
    end(outcomes) {
      draw(outcomes.map(finishedColumn), LINES_AT_THE_END)
      output.write(`${output.isTerminal ? '\n' : ''}${summaryOf(outcomes).join('\n')}\n\n`)
    },
  }
}

function columnOf(title: string, newest: Newest | undefined): Column {
  if (newest === undefined) return { title, status: '…', text: '' }
  return {
    title: newest.messageIds.size > 1 ? `${title} · message ${newest.messageIds.size}` : title,
    status: `${seconds(newest.atMs)} · ${newest.text.length} chars`,
    text: newest.text,
  }
}

function finishedColumn({ title, verdict, shown, tookMs }: Outcome): Column {
  return {
    title,
    status: verdict.whole ? `whole after ${seconds(tookMs)}` : 'not whole',
    text: shown.map(({ text }) => text).join('\n\n'),
  }
}

/** A verdict, and a line for each platform. */
function summaryOf(outcomes: readonly Outcome[]): readonly string[] {
  const titles = outcomes.filter(({ verdict }) => verdict.whole).map(({ title }) => title)
  const head =
    titles.length === 0
      ? 'No platform shows a whole answer.'
      : `The whole answer stands on ${inWords(titles)}.`
  const cells = Math.max(...outcomes.map(({ title }) => title.length))
  return [
    head,
    ...outcomes.map(({ title, verdict, shown, frames, tookMs }) => {
      const characters = shown.reduce((sum, { text }) => sum + text.length, 0)
      const parts = [
        counted(characters, 'character'),
        counted(shown.length, 'message'),
        counted(frames, 'frame'),
        seconds(tookMs),
      ]
      return `  ${pad(title, cells)}  ${parts.join(', ')}${verdict.whole ? '' : `. Not whole: ${verdict.because}`}`
    }),
  ]
}

export function inWords(names: readonly string[]): string {
  return names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1] ?? ''}`
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
