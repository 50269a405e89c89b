// What a fault in the configuration is, and how all of them read together.

/** One thing to mend. `problem` and `remedy` never contain a value that could be a secret. */
export interface ConfigFault {
  /** The file as the owner named it; absent when the environment is at fault. */
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  readonly column?: number
  /** `coze.limits.chatsPerSecond`, or the name of a variable. */
  readonly subject: string
  readonly problem: string
  readonly remedy?: string
}

/** The configuration cannot be used. `message` is meant for the owner's terminal: all faults, each with its remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[], message?: string) {
    super(message ?? toText(faults))
    this.faults = faults
  }
}

/** `config/bridge.yaml:12:5  coze.apiBase: is not an address`, and the remedy on a line of its own. */
export function faultText(fault: ConfigFault): string {
  const head = `${placeOf(fault)}  ${fault.subject === '' ? '' : `${fault.subject}: `}${fault.problem}`
  return fault.remedy === undefined ? head : `${head}\n    → ${fault.remedy}`
}

function toText(faults: readonly ConfigFault[]): string {
  const sorted = [...faults].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`
  return `The configuration has ${count}:\n\n${sorted.map(faultText).join('\n')}`
}

function placeOf({ file, line, column }: ConfigFault): string {
  if (file === undefined) return 'environment'
  return line === undefined ? file : `${file}:${line}:${column ?? 1}`
}

/** The word of `known` that was probably meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  if (best === undefined) return undefined
  return best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}

/** Levenshtein, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
