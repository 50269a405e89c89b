// How is a script shown in a terminal? Step by step: what each person did and saw, side by side, and a verdict each.

import { createCanvas, type Output } from '../canvas.ts'
import { clip, pad, sideBySide, type Column } from '../columns.ts'
import { buttonsInWords } from '../hands/hands.ts'
import { counted, inWords, seconds } from '../print.ts'
import type { PlatformName } from '../seats.ts'
import type { Line, SceneOutcome } from './scene.ts'
import type { Script, Step } from './step.ts'

export interface ScriptPrinter {
  begin(script: Script, titles: readonly string[]): void
  /** `nth`: from 1. */
  beginStep(step: Step, nth: number): void
  change(platform: PlatformName, transcript: readonly Line[]): void
  endStep(step: Step, outcomes: readonly SceneOutcome[]): void
  end(outcomes: readonly SceneOutcome[], tookMs: number): void
}

const DRAW_EVERY_MS = 200
const LINES_WHILE_PLAYED = 16
const LINES_AT_THE_END = 60
/** For what stands round the text: titles, rule, prompt. */
const LINES_AROUND = 6
/** Of what was expected and seen, in a verdict. */
const VERDICT_CELLS = 1_000

export function createScriptPrinter(
  json: boolean,
  seats: readonly { readonly platform: PlatformName; readonly title: string }[],
  output: Output,
): ScriptPrinter {
  return json ? jsonLines(output) : columnsIn(output, seats)
}

/** One line for each step on each platform. */
function jsonLines(output: Output): ScriptPrinter {
  return {
    begin: () => {},
    beginStep: () => {},
    change: () => {},
    end: () => {},
    endStep(step, outcomes) {
      for (const { platform, fault, checks, transcript, tookMs } of outcomes) {
        const lines = transcript.map((line) =>
          line.kind === 'did'
            ? { did: line.text }
            : { saw: line.reply.text, buttons: line.reply.buttons.map(({ label }) => label) },
        )
        const head = { step: step.name, platform, ok: fault === undefined, tookMs: Math.round(tookMs) }
        output.write(`${JSON.stringify({ ...head, ...fault, checks, lines })}\n`)
      }
    },
  }
}

function columnsIn(
  output: Output,
  seats: readonly { readonly platform: PlatformName; readonly title: string }[],
): ScriptPrinter {
  const canvas = createCanvas(output)
  const newest = new Map<PlatformName, readonly Line[]>()
  let steps = 0
  let timer: NodeJS.Timeout | undefined
  const draw = (columns: readonly Column[], maxLines: number, keep: 'start' | 'end'): void => {
    clearTimeout(timer)
    timer = undefined
    canvas.draw(sideBySide(columns, { widthCells: output.widthCells, maxLines, keep }))
  }
  const drawNow = (): void => {
    const maxLines = Math.max(3, Math.min(LINES_WHILE_PLAYED, output.heightLines - LINES_AROUND))
    const columns = seats.map(({ platform, title }) => ({
      title,
      status: '…',
      text: inLines(newest.get(platform) ?? []),
    }))
    draw(columns, maxLines, 'end')
  }
  return {
    begin(script, titles) {
      steps = script.steps.length
      output.write(
        `${script.title}: ${counted(steps, 'step')} on ${inWords(titles)}.\n` +
          'Coze and the platforms are emulated, the bridge is real.\n' +
          '▸ is what people do, the rest is what they see.\n\n',
      )
    },
    beginStep({ title }, nth) {
      newest.clear()
      canvas.leave()
      output.write(`${nth}/${steps}  ${title}\n\n`)
    },
    change(platform, transcript) {
      newest.set(platform, transcript)
      // Where nothing can be drawn over, only the end of each step is shown.
      if (output.isTerminal) timer ??= setTimeout(drawNow, DRAW_EVERY_MS)
    },
    endStep(_step, outcomes) {
      const columns = outcomes.map(({ title, fault, tookMs, transcript }) => ({
        title: `${fault === undefined ? '✓' : '✗'} ${title}`,
        status: seconds(tookMs),
        text: inLines(transcript),
      }))
      draw(columns, LINES_AT_THE_END, 'start')
      output.write(`${output.isTerminal ? '\n' : ''}${outcomes.map(verdictOn).join('\n')}\n\n`)
    },
    end(outcomes, tookMs) {
      const wrong = outcomes.filter(({ fault }) => fault !== undefined)
      const head =
        wrong.length === 0
          ? `Every step showed what it should on ${inWords(seats.map(({ title }) => title))}.`
          : `${counted(wrong.length, 'step')} of ${outcomes.length} did not show what ${wrong.length === 1 ? 'it' : 'they'} should.`
      output.write(`${head} ${seconds(tookMs)}.\n`)
      for (const { platform, title } of seats) {
        const mine = outcomes.filter((one) => one.platform === platform)
        const right = mine.filter(({ fault }) => fault === undefined).length
        output.write(`  ${right === mine.length ? '✓' : '✗'} ${pad(title, 9)} ${right} of ${mine.length}\n`)
      }
    },
  }
}

/** What was expected and what was seen. */
export function verdictOn({ title, fault, checks }: SceneOutcome): string {
  if (fault === undefined) return `✓ ${pad(title, 9)} ${checks.join(' · ')}`
  return `✗ ${pad(title, 9)} expected: ${fault.expected}\n${' '.repeat(12)}seen: ${clip(fault.seen, VERDICT_CELLS)}`
}

function inLines(transcript: readonly Line[]): string {
  return transcript
    .map((line) => {
      if (line.kind === 'did') return `▸ ${line.text}`
      const { text, buttons, links } = line.reply
      const opened = links.map(({ label, url }) => `[${label}] ${url}`)
      return [text, ...opened, buttonsInWords(buttons)].filter((part) => part !== '').join('\n')
    })
    .join('\n\n')
}
