// How do findings read: grouped and short for people, one JSON object a line for scripts?

import { COZE, MACHINE, type About, type Told } from './told.ts'

type Verdict = Told['verdict']

const MARKS: Readonly<Record<Verdict, string>> = { ok: '✓', note: '·', warning: '!', fault: '✗' }
/** https://en.wikipedia.org/wiki/ANSI_escape_code#SGR: green, grey, yellow, red. */
const COLOURS: Readonly<Record<Verdict, number>> = { ok: 32, note: 90, warning: 33, fault: 31 }
const BOLD = 1
const GREY = 90

/** One line each: `{about, verdict, subject, reason, remedy?}`. */
export function asJsonLines(told: readonly Told[]): string {
  return told
    .map(({ about, verdict, subject, reason, remedy }) =>
      JSON.stringify({ about, verdict, subject, reason, ...(remedy === undefined ? {} : { remedy }) }),
    )
    .map((line) => `${line}\n`)
    .join('')
}

export interface ReportStyle {
  readonly colour: boolean
  /** What stands beside a group's name: an address, a kind. */
  readonly beside?: Readonly<Record<About, string>>
}

/** Coze, each account, this machine; then one line that sums it up. */
export function asReport(told: readonly Told[], { colour, beside = {} }: ReportStyle): string {
  const paint = (text: string, code: number): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const groups = groupsOf(told).map(([about, findings]) => {
    const extra = beside[about]
    const head = paint(titleOf(about), BOLD) + (extra === undefined ? '' : paint(`  ${extra}`, GREY))
    const lines = findings.flatMap(({ verdict, subject, reason, remedy }) => [
      `  ${paint(MARKS[verdict], COLOURS[verdict])} ${shortened(subject, about)}: ${reason}`,
      ...(remedy === undefined
        ? []
        : [paint(`      → ${remedy}`, verdict === 'note' || verdict === 'ok' ? GREY : 0)]),
    ])
    return `${head}\n${lines.join('\n')}\n`
  })
  return `${groups.join('\n')}\n${summary(told, paint)}\n`
}

/** `2 faults, 1 warning, 3 notes; 14 are fine.` */
export function summary(
  told: readonly Told[],
  paint: (text: string, code: number) => string = (text) => text,
): string {
  const count = (verdict: Verdict): number => told.filter((one) => one.verdict === verdict).length
  const many = (verdict: Verdict, word: string): readonly string[] => {
    const number = count(verdict)
    return number === 0 ? [] : [paint(`${number} ${word}${number === 1 ? '' : 's'}`, COLOURS[verdict])]
  }
  const wrong = [...many('fault', 'fault'), ...many('warning', 'warning')]
  const notes = many('note', 'note')
  const fine = `${count('ok')} ${count('ok') === 1 ? 'thing is' : 'things are'} fine`
  if (wrong.length === 0) return [paint('Nothing is wrong', COLOURS.ok), ...notes, fine].join(', ') + '.'
  return [...wrong, ...notes, fine].join(', ') + '.'
}

function groupsOf(told: readonly Told[]): readonly (readonly [About, readonly Told[]])[] {
  const abouts = [...new Set(told.map(({ about }) => about))]
  return abouts.map((about) => [about, told.filter((one) => one.about === about)])
}

function titleOf(about: About): string {
  if (about === COZE) return 'Coze'
  return about === MACHINE ? 'This machine' : about
}

/** Under its heading a subject need not say again whose it is. */
function shortened(subject: string, about: About): string {
  const head = `${titleOf(about)} `
  return subject.startsWith(head) ? subject.slice(head.length) : subject
}
