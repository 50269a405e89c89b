// What does a person see while doctor looks? One line on the terminal that is written over, and gone at the end.

import type { Progress } from './look.ts'

export interface ProgressLine {
  show(progress: Progress): void
  /** May be called again. */
  clear(): void
}

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Only a terminal gets it. */
export function progressOn(terminal: Terminal | undefined): ProgressLine {
  if (terminal?.isTTY !== true) return { show: () => undefined, clear: () => undefined }
  let isShown = false
  return {
    show(progress) {
      isShown = true
      terminal.write(`${TO_LINE_START}${lineOf(progress, terminal.columns ?? 80)}`)
    },
    clear() {
      if (isShown) terminal.write(TO_LINE_START)
      isShown = false
    },
  }
}

/** Carriage return, and erase the line. https://en.wikipedia.org/wiki/ANSI_escape_code#CSI_sequences */
const TO_LINE_START = '\r\u001b[2K'

export function lineOf({ done, all, open }: Progress, columns: number): string {
  const line = `Looking: ${done} of ${all}${open.length === 0 ? '' : `, still at ${open.join(', ')}`}`
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`
}
