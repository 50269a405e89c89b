// How do buttons look where there is only a keyboard? As numbers to type: `[1] Oslo  [2] Bergen`.
import type { Control } from '../../src/contract/platform.ts'
import { cells, safe } from './render.ts'

export interface Button {
  readonly token: string
  readonly label: string
  /** An answer to a question: its number alone will do. Other buttons are typed with a `#`, as numbers are words too. */
  readonly isChoice: boolean
}

export function buttonsOf(controls: readonly Control[]): readonly Button[] {
  return controls.flatMap((control): readonly Button[] => {
    switch (control.kind) {
      case 'choice':
        return [{ token: control.token, label: control.label, isChoice: true }]
      case 'suggestion':
      case 'openForm':
      case 'stop':
      case 'again':
        return [{ token: control.token, label: control.label, isChoice: false }]
      case 'thumbs':
        return [
          { token: control.upToken, label: '👍', isChoice: false },
          { token: control.downToken, label: '👎', isChoice: false },
        ]
      case 'link':
      case 'reply':
        return []
    }
  })
}

/** What stands below a message: buttons, as many on a line as fit; links; the invitation to write. */
export function controlLines(controls: readonly Control[], columns: number): readonly string[] {
  const signs = buttonsOf(controls).map(
    ({ label, isChoice }, i) => `[${isChoice ? '' : '#'}${i + 1}] ${oneLine(label)}`,
  )
  const others = controls.flatMap((control) => {
    if (control.kind === 'link') return [`→ ${oneLine(control.label)}: ${oneLine(control.url)}`]
    if (control.kind === 'reply') return [`✎ ${oneLine(control.placeholder ?? '')}`.trim()]
    return []
  })
  return [...filled(signs, columns), ...others]
}

const BETWEEN = '  '

function filled(signs: readonly string[], columns: number): readonly string[] {
  return signs.reduce<readonly string[]>((lines, sign) => {
    const last = lines.at(-1)
    const joined = last === undefined ? sign : last + BETWEEN + sign
    return last === undefined || cells(joined) > columns ? [...lines, sign] : [...lines.slice(0, -1), joined]
  }, [])
}

function oneLine(text: string): string {
  return safe(text).replace(/\s+/gu, ' ').trim()
}
