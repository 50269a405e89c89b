// Feeds one path, in a process of its own: what ends or freezes this process is seen by the one that started it.
//
// node child.ts <path> <from> <to> <seed> <progress file> [<module>]

import { openSync, writeSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readCorpus } from './corpus.ts'
import { inputsOf } from './inputs.ts'
import type { FuzzPath } from './path.ts'
import { loadPaths } from './paths.ts'

/** What the parent hears. */
export type Report =
  | { readonly kind: 'crash' | 'hang'; readonly index: number; readonly what: string }
  | { readonly kind: 'broken'; readonly from: number; readonly to: number; readonly what: string }
  | { readonly kind: 'done'; readonly rss: readonly number[]; readonly heldMb: readonly number[] }

const DEFAULT_LIMIT_MS = 2_000
const PROBE_EVERY = 500
const PROBE_MS = 15_000
const SAMPLE_EVERY = 50

const [name = '', from = '0', to = '0', seed = '0', progressFile = '', extra] = process.argv.slice(2)
const path = (await loadPaths(extra)).paths.find((candidate) => candidate.name === name)
if (path === undefined) throw new Error(`there is no path ${name}`)
await drive(path, Number(from), Number(to))
process.disconnect()
process.exit(0)

async function drive(path: FuzzPath, first: number, end: number): Promise<void> {
  const inputAt = inputsOf(path, extra === undefined ? readCorpus(path.name) : [], Number(seed))
  const limitMs = path.limitMs ?? DEFAULT_LIMIT_MS
  const progress = openSync(progressFile, 'w')
  const rss: number[] = []
  const heldMb: number[] = []
  let index = first
  let probed = first
  const crashed = (error: unknown) => tell({ kind: 'crash', index, what: describe(error) })
  process.on('uncaughtException', crashed)
  process.on('unhandledRejection', crashed)

  const target = await path.open()
  for (; index < end; index++) {
    writeSync(progress, String(index).padEnd(12), 0)
    const input = inputAt(index)
    const outcome = await within(limitMs, async () => target.feed(input))
    if (outcome === 'late') tell({ kind: 'hang', index, what: `longer than ${limitMs} ms` })
    else if (outcome !== 'fine') crashed(outcome.error)
    // Lets what the input set going come up before the next one.
    await nextTurn()
    if (index % SAMPLE_EVERY === 0) sample()
    if ((index + 1 - first) % PROBE_EVERY === 0) await probe()
  }
  await probe()
  sample()
  if ((await within(PROBE_MS, () => target.close())) !== 'fine') {
    tell({ kind: 'broken', from: first, to: end, what: 'cannot be closed' })
  }
  await nextTurn()
  tell({ kind: 'done', rss, heldMb })

  async function probe(): Promise<void> {
    const outcome = await within(PROBE_MS, () => target.probe())
    const what = outcome === 'late' ? `no answer to a good input in ${PROBE_MS} ms` : outcome
    if (what !== 'fine') {
      tell({
        kind: 'broken',
        from: probed,
        to: index,
        what: typeof what === 'string' ? what : describe(what.error),
      })
    }
    probed = index + 1
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    heldMb.push(toMb(heapUsed + external))
  }

  /** The first fifth fills caches and compiles. */
  function sample(): void {
    if (index - first >= (end - first) / 5) rss.push(toMb(process.memoryUsage.rss()))
  }
}

type Outcome = 'fine' | 'late' | { readonly error: unknown }

async function within(limitMs: number, work: () => Promise<void>): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>()
  const timer = setTimeout(() => resolve('late'), limitMs)
  const done = work().then(
    (): Outcome => 'fine',
    (error: unknown): Outcome => ({ error }),
  )
  const outcome = await Promise.race([done, late])
  clearTimeout(timer)
  return outcome
}

function tell(report: Report): void {
  process.send?.(report)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return [`${error.name}: ${error.message.slice(0, 300)}`, ...frames.slice(0, 6)].join('\n')
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1_048_576)
}
