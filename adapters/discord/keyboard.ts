// How do controls look on Discord? Rows of buttons under the message.
// https://discord.com/developers/docs/components/reference#button
import type { Control } from '../../src/contract/platform.ts'

/** Five rows of five. */
export const MAX_CONTROLS = 25

const MAX_ROWS = 5
const PER_ROW = 5
const MAX_LABEL_CHARS = 80
const MAX_URL_CHARS = 512
const ACTION_ROW = 1
const BUTTON = 2
const style = { primary: 1, secondary: 2, danger: 4, link: 5 } as const

export interface ActionRow {
  readonly type: typeof ACTION_ROW
  readonly components: readonly Button[]
}
type Button = Readonly<Record<string, unknown>>

/** Choices one below the other while there are rows, as their labels may be long; stop, again and thumbs share the last row. */
export function rowsOf(controls: readonly Control[]): readonly ActionRow[] {
  const small = controls.filter(isSmall).flatMap(buttonsOf).slice(0, PER_ROW)
  const tallRows = MAX_ROWS - (small.length === 0 ? 0 : 1)
  const tall = controls
    .filter((control) => !isSmall(control))
    .flatMap(buttonsOf)
    .slice(0, tallRows * PER_ROW)
  const perRow = tall.length <= tallRows ? 1 : PER_ROW
  const rows = Array.from({ length: Math.ceil(tall.length / perRow) }, (_, n) =>
    tall.slice(n * perRow, (n + 1) * perRow),
  )
  return [...rows, ...(small.length === 0 ? [] : [small])].map((components) => ({
    type: ACTION_ROW,
    components,
  }))
}

function isSmall({ kind }: Control): boolean {
  return kind === 'stop' || kind === 'again' || kind === 'thumbs'
}

function buttonsOf(control: Control): readonly Button[] {
  switch (control.kind) {
    case 'suggestion':
    case 'choice':
    case 'again':
      return [pressed(control.label, control.token, style.secondary)]
    case 'openForm':
      return [pressed(control.label, control.token, style.primary)]
    case 'stop':
      return [pressed(control.label, control.token, style.danger)]
    case 'thumbs':
      return [
        pressed('👍', control.upToken, style.secondary),
        pressed('👎', control.downToken, style.secondary),
      ]
    case 'link':
      return /^https?:\/\//i.test(control.url) && control.url.length <= MAX_URL_CHARS
        ? [{ type: BUTTON, style: style.link, label: labelOf(control.label), url: control.url }]
        : []
    // People answer a message by themselves.
    case 'reply':
      return []
  }
}

function pressed(label: string, token: string, look: number): Button {
  return { type: BUTTON, style: look, label: labelOf(label), custom_id: token }
}

/** Not empty, not too long, no character cut in two. */
function labelOf(label: string): string {
  const text = label.trim()
  if (text === '') return '…'
  if (text.length <= MAX_LABEL_CHARS) return text
  return `${text.slice(0, MAX_LABEL_CHARS - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`
}
