// The bench's last words: a table for people, one line of JSON for machines.

import type { PageResult } from './page.ts'
import type { UploadResult } from './uploads.ts'

export interface BenchResult {
  /** Telegram's. */
  readonly firstTextMs: PlatformResult['firstTextMs']
  /** Telegram's. */
  readonly cpuMsPer1000Chars: PlatformResult['cpuMsPer1000Chars']
  /** Spread over all platforms. */
  readonly load: Load
  readonly uploads: UploadResult
  readonly start: { readonly readyMs: number; readonly rssMb: number }
  readonly platforms: Readonly<Record<string, PlatformResult>>
  /** The playground's page. */
  readonly page: PageResult
}

export interface PlatformResult {
  readonly firstTextMs: { readonly p50: number; readonly p99: number; readonly floorP50: number }
  readonly cpuMsPer1000Chars: { readonly at8000: number; readonly at64000: number; readonly floor: number }
  readonly load: Load
}

export interface Load {
  readonly replies: number
  readonly exact: number
  readonly loopDelayP99Ms: number
  readonly floorLoopDelayP99Ms: number
  readonly kbPerReply: number
  readonly cpuMs: number
  readonly floorCpuMs: number
}

type Row = readonly [what: string, value: string, note: string]

export function print(result: BenchResult): void {
  const { load, start, platforms, uploads, page } = result
  const rows: readonly Row[] = [
    ...Object.entries(platforms).flatMap(([platform, own]) => platformRows(platform, own)),
    ...loadRows('all together', load),
    ...uploadRows(uploads),
    ...pageRows(page),
    ['process start to ready', ms(start.readyMs), ''],
    ['RSS when ready', `${start.rssMb.toFixed(0)} MB`, ''],
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  for (const [what, value, note] of rows) {
    process.stdout.write(`${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${note}\n`)
  }
  process.stdout.write(`${JSON.stringify(result, rounded)}\n`)
}

function pageRows(page: PageResult): readonly Row[] {
  if ('skipped' in page) return [['page: from an edit to the screen', '–', page.skipped]]
  return [
    ['page: from an edit to the screen, p50', ms(page.p50), `${page.edits} edits on three panes at once`],
    ['page: from an edit to the screen, p95', ms(page.p95), 'aim: below 50 ms'],
  ]
}

function platformRows(
  platform: string,
  { firstTextMs, cpuMsPer1000Chars, load }: PlatformResult,
): readonly Row[] {
  return [
    [`${platform}: first text, p50`, ms(firstTextMs.p50), `floor ${ms(firstTextMs.floorP50)}`],
    [`${platform}: first text, p99`, ms(firstTextMs.p99), ''],
    [
      `${platform}: CPU per 1,000 characters, replies of 8,000`,
      ms(cpuMsPer1000Chars.at8000),
      `ratio ${ratio(cpuMsPer1000Chars.at8000, cpuMsPer1000Chars.floor)} to floor`,
    ],
    [
      `${platform}: CPU per 1,000 characters, replies of 64,000`,
      ms(cpuMsPer1000Chars.at64000),
      `ratio ${ratio(cpuMsPer1000Chars.at64000, cpuMsPer1000Chars.at8000)} to 8,000`,
    ],
    ...loadRows(platform, load),
  ]
}

function loadRows(whose: string, load: Load): readonly Row[] {
  return [
    [`${whose}: ${load.replies} replies at once, exact`, String(load.exact), ''],
    [`${whose}: event-loop delay, p99`, ms(load.loopDelayP99Ms), `floor ${ms(load.floorLoopDelayP99Ms)}`],
    [`${whose}: CPU under load`, ms(load.cpuMs), `ratio ${ratio(load.cpuMs, load.floorCpuMs)} to floor`],
    [`${whose}: memory per reply`, `${load.kbPerReply.toFixed(0)} kB`, ''],
  ]
}

function uploadRows({ sizeMb, mbPerS, bareMbPerS, relayedMbPerS, rssRiseMb }: UploadResult): readonly Row[] {
  return [
    [
      `a file of ${sizeMb} MB through the bridge`,
      `${mbPerS.toFixed(0)} MB/s`,
      `ratio ${ratio(mbPerS, bareMbPerS)} to a bare upload (${bareMbPerS.toFixed(0)} MB/s), ${ratio(mbPerS, relayedMbPerS)} to a bare download and upload (${relayedMbPerS.toFixed(0)} MB/s)`,
    ],
    [`a file of ${sizeMb} MB: memory`, `${rssRiseMb.toFixed(0)} MB`, 'at most, over what it held before'],
  ]
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
