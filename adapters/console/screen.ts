// What stands on the terminal, what of it can still be redrawn, and which button has which number?
import type { Writable } from 'node:stream'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control } from '../../src/contract/platform.ts'
import { buttonsOf, controlLines, type Button } from './controls.ts'
import { cells, safe } from './render.ts'

export interface Screen {
  /** Shows a message, over its former state where that is still the last thing on screen. */
  show(id: MessageId | undefined, body: string, controls: readonly Control[], whole: boolean): MessageId
  /** A line that is no message. */
  note(text: string): void
  /** What stands above is out of reach now. */
  personTyped(): void
  /** The button that a typed line means: `#2`, or `2` when the newest message asks for a choice. */
  pressed(line: string): Press | undefined
}
export interface Press {
  readonly token: string
  readonly messageId: MessageId
}

/** The last thing on screen. `above`: the beginning of its text that stands further up, out of reach. */
interface Open {
  readonly id: MessageId
  readonly rows: number
  readonly above: string
}
/** A message as a person has read it. */
interface Read {
  readonly body: string
  readonly controls: string
}

/** Messages that may still change; older ones are printed anew when they do. */
const MAX_REMEMBERED = 100

/** `name` makes the ids of this screen's messages its own. */
export function createScreen(
  name: string,
  { isTerminal, output }: { readonly isTerminal: boolean; readonly output: Writable },
): Screen {
  let count = 0
  let newest: MessageId | undefined
  let open: Open | undefined
  let keys: { readonly id: MessageId; readonly buttons: readonly Button[] } | undefined
  const read = new Map<MessageId, Read>()

  return {
    show(known, body, controls, whole) {
      const id = known ?? (`${name}-${(count += 1)}` as MessageId)
      // Also one that this screen has never shown: it comes from before a restart.
      if (!read.has(id)) newest = id
      if (!isTerminal && !whole) return id
      give(id, buttonsOf(controls))
      const under = controlLines(controls, columns())
      const over = isTerminal && open?.id === id ? open : undefined
      // Where it cannot be redrawn, it goes on below: nobody wants to read its beginning again.
      const above = commonStart(over?.above ?? read.get(id)?.body ?? '', body)
      const text = above === '' ? body : body.slice(above.length).replace(/^\n+/, '')
      const lines = [...(text === '' ? [] : text.split('\n')), ...under]
      const isOld = over === undefined && text === '' && read.get(id)?.controls === under.join('\n')
      if (isOld || (over === undefined && lines.length === 0)) return id
      // What scrolled out of the window cannot be redrawn: while it grows, only the end is shown.
      const shown = whole ? lines : lastRows(lines, sizeOf('rows', 24) - 1)
      const back = over !== undefined && over.rows > 0 ? `\x1b[${over.rows}A\r\x1b[J` : ''
      output.write(back + shown.map((line) => `${line}\n`).join(''))
      open = { id, rows: shown.reduce((rows, line) => rows + rowsOf(line), 0), above }
      remember(id, { body: shown.length === lines.length ? body : above, controls: under.join('\n') })
      return id
    },
    note(text) {
      output.write(`${safe(text)}\n`)
      open = undefined
    },
    personTyped() {
      open = undefined
    },
    pressed(line) {
      const [, sharp, digits] = /^(#?)(\d{1,2})$/.exec(line) ?? []
      const button = keys?.buttons[Number(digits) - 1]
      if (keys === undefined || button === undefined) return undefined
      if (sharp === '' && !(button.isChoice && keys.id === newest)) return undefined
      return { token: button.token, messageId: keys.id }
    },
  }

  /** Buttons stay typable below later messages without any, until they are taken away. */
  function give(id: MessageId, buttons: readonly Button[]): void {
    if (buttons.length > 0) keys = { id, buttons }
    else if (keys?.id === id) keys = undefined
  }

  function remember(id: MessageId, what: Read): void {
    read.delete(id)
    read.set(id, what)
    for (const [oldest] of read) {
      if (read.size <= MAX_REMEMBERED) return
      read.delete(oldest)
    }
  }

  function lastRows(lines: readonly string[], most: number): readonly string[] {
    let rows = 0
    const from = lines.findLastIndex((line) => (rows += rowsOf(line)) > most)
    return lines.slice(from + 1)
  }
  function rowsOf(line: string): number {
    return Math.max(1, Math.ceil(cells(line) / columns()))
  }
  function columns(): number {
    return sizeOf('columns', 80)
  }
  function sizeOf(side: 'columns' | 'rows', otherwise: number): number {
    const size: unknown = side in output ? Reflect.get(output, side) : undefined
    return typeof size === 'number' && size > 1 ? size : otherwise
  }
}

/** What of `body` was read already, in whole lines. */
function commonStart(before: string, body: string): string {
  if (!body.startsWith(before)) return ''
  const endsLine = body.length === before.length || body.startsWith('\n', before.length)
  return endsLine ? before : before.slice(0, before.lastIndexOf('\n') + 1)
}
