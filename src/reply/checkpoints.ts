// At which lengths is a growing part measured? Told by its beginning and by what was measured before. Pure.

/** The least step between two checkpoints, as a share of what surely fits. */
const LEAST_STEP_SHARE = 1 / 64
const LEAST_STEP_CHARS = 32
/** How much of the room that seems left the next checkpoint takes. */
const STEP_SHARE = 0.6

/** `length`: of what fits so far, opening included; `fill`: how full that is, 0 when it was not measured. A step in characters. */
export function nextStep(length: number, fill: number, surelyFitsChars: number): number {
  const least = Math.max(LEAST_STEP_CHARS, Math.floor(surelyFitsChars * LEAST_STEP_SHARE))
  const sure = surelyFitsChars - length
  if (fill === 0) {
    const quarter = Math.max(least, Math.floor(surelyFitsChars / 4))
    return sure > 0 ? Math.min(sure, quarter) : least
  }
  const room = length / fill - length
  return Math.max(least, Math.floor(room * STEP_SHARE))
}

/** Errs on the side of yes: a table needs a bar, and a line of nothing but bars, dashes and colons. */
export function mayHoldTable(text: string): boolean {
  return text.includes('|') && /^[ \t>]*[|:-][-|: \t]*\r?$/mu.test(text)
}
