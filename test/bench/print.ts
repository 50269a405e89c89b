// The bench's last words: a table for people, one line of JSON for machines.

export interface BenchResult {
  readonly firstTextMs: { readonly p50: number; readonly p99: number; readonly floorP50: number }
  readonly cpuMsPer1000Chars: { readonly at8000: number; readonly at64000: number; readonly floor: number }
  readonly load: {
    readonly replies: number
    readonly exact: number
    readonly loopDelayP99Ms: number
    readonly floorLoopDelayP99Ms: number
    readonly kbPerReply: number
    readonly cpuMs: number
    readonly floorCpuMs: number
  }
  readonly start: { readonly readyMs: number; readonly rssMb: number }
}

export interface Printed extends BenchResult {
  readonly platforms: Readonly<Record<string, Omit<BenchResult, 'start'>>>
}

export function print(result: Printed): void {
  const { firstTextMs, cpuMsPer1000Chars, load, start } = result
  const rows: readonly (readonly [string, string, string])[] = [
    ['first text, p50', ms(firstTextMs.p50), `floor ${ms(firstTextMs.floorP50)}`],
    ['first text, p99', ms(firstTextMs.p99), ''],
    [
      'CPU per 1,000 characters, replies of 8,000',
      ms(cpuMsPer1000Chars.at8000),
      `floor ${ms(cpuMsPer1000Chars.floor)}`,
    ],
    [
      'CPU per 1,000 characters, replies of 64,000',
      ms(cpuMsPer1000Chars.at64000),
      `ratio ${ratio(cpuMsPer1000Chars.at64000, cpuMsPer1000Chars.at8000)} to 8,000`,
    ],
    [`${load.replies} replies at once, exact`, String(load.exact), ''],
    ['event-loop delay, p99', ms(load.loopDelayP99Ms), `floor ${ms(load.floorLoopDelayP99Ms)}`],
    ['CPU under load', ms(load.cpuMs), `ratio ${ratio(load.cpuMs, load.floorCpuMs)} to floor`],
    ['memory per reply', `${load.kbPerReply.toFixed(0)} kB`, ''],
    ['process start to ready', ms(start.readyMs), ''],
    ['RSS when ready', `${start.rssMb.toFixed(0)} MB`, ''],
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  for (const [what, value, note] of rows) {
    process.stdout.write(`${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${note}\n`)
  }
  process.stdout.write(`${JSON.stringify(result, rounded)}\n`)
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2)
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value
}
