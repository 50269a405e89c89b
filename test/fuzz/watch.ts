// Runs one path to its end, whatever becomes of the processes that feed it, and says what was found.

import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from './child.ts'
import { keep, readCorpus } from './corpus.ts'
import { inputsOf } from './inputs.ts'
import type { FuzzPath } from './path.ts'

export interface Verdict {
  readonly inputs: number
  readonly crashes: number
  readonly hangs: number
  readonly rssMbMin: number
  readonly rssMbMax: number
}

export interface WatchOptions {
  readonly inputs: number
  readonly seed: number
  /** Each finding, as lines for a terminal. */
  readonly say: (text: string) => void
  /** For the fuzzer's own test: the module of the path, and where findings are kept. */
  readonly extra?: string
  readonly corpus?: string
  readonly frozenMs?: number
}

export interface Watched extends Verdict {
  /** Why memory is thought to grow without bound. */
  readonly growth?: string
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
/** Beyond a path's own limit: a process that does not even get to its timers is frozen. */
const FROZEN_MS = 20_000
const LOOK_EVERY_MS = 250
/** A path so broken says nothing new. */
const MOST_FAULTS = 25
/** What stays after a collection may grow by caches, and not by more. */
const GROWTH = { factor: 1.5, mb: 64 } as const
const HEAP_MB = 1_024

export async function watch(
  path: FuzzPath,
  { inputs, seed, say, extra, corpus, frozenMs = FROZEN_MS }: WatchOptions,
): Promise<Watched> {
  const inputAt = inputsOf(path, extra === undefined ? readCorpus(path.name) : [], seed)
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-'))
  let [crashes, hangs, from] = [0, 0, 0]
  const rss: number[] = []
  const held: number[] = []
  try {
    while (from < inputs && crashes + hangs < MOST_FAULTS) {
      const stopped = await runChild(from)
      from = stopped === undefined ? inputs : stopped + 1
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  const growth = growthOf(held)
  return {
    inputs: Math.min(from, inputs),
    crashes,
    hangs,
    rssMbMin: Math.min(...rss, Infinity) === Infinity ? 0 : Math.min(...rss),
    rssMbMax: Math.max(...rss, 0),
    ...(growth === undefined ? {} : { growth }),
  }

  /** The index it stopped at; undefined: it came to its end. */
  async function runChild(first: number): Promise<number | undefined> {
    const progress = join(dir, 'index')
    writeFileSync(progress, String(first))
    const child = fork(
      CHILD,
      [
        path.name,
        String(first),
        String(inputs),
        String(seed),
        progress,
        ...(extra === undefined ? [] : [extra]),
      ],
      {
        execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MB}`],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
      },
    )
    const state = { isDone: false, isFrozen: false }
    let lastWords = ''
    let [seen, since] = ['', performance.now()]
    child.stderr?.on('data', (data: Buffer) => (lastWords = (lastWords + data.toString()).slice(-2_000)))
    child.on('message', (report: Report) => {
      switch (report.kind) {
        case 'crash':
        case 'hang':
          found(report.kind, report.index, report.what)
          if (crashes + hangs >= MOST_FAULTS) child.kill('SIGKILL')
          return
        case 'broken':
          crashes++
          say(`${path.name}: broken by one of the inputs ${report.from}–${report.to}: ${report.what}`)
          return
        case 'done':
          state.isDone = true
          rss.push(...report.rss)
          held.push(...report.heldMb)
      }
    })
    const look = setInterval(() => {
      const index = readFileSync(progress, 'utf8')
      if (index !== seen) [seen, since] = [index, performance.now()]
      else if (performance.now() - since > frozenMs + (path.limitMs ?? 0)) {
        state.isFrozen = true
        child.kill('SIGKILL')
      }
    }, LOOK_EVERY_MS)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    clearInterval(look)
    if (state.isDone || crashes + hangs >= MOST_FAULTS) return undefined
    const at = Number(readFileSync(progress, 'utf8'))
    found(
      state.isFrozen ? 'hang' : 'crash',
      at,
      state.isFrozen ? 'the process froze' : `the process ended (${code ?? 'killed'}): ${lastWords}`,
    )
    return at
  }

  function found(kind: 'crash' | 'hang', index: number, what: string): void {
    if (kind === 'crash') crashes++
    else hangs++
    const input = inputAt(index)
    const kept = keep(path.name, kind, input, corpus)
    const where = kept === undefined ? `${input.length} bytes, too large to keep` : `kept as ${kept}`
    say(`${path.name}: ${kind} at input ${index} of seed ${seed} (${where}): ${what}`)
  }
}

/** Compared after the first quarter: what stays then is caches. */
function growthOf(held: readonly number[]): string | undefined {
  const [early, late] = [held[Math.floor(held.length / 4)], held.at(-1)]
  if (early === undefined || late === undefined || late <= early * GROWTH.factor + GROWTH.mb) return undefined
  return `what stays in memory after a collection grew from ${early} MB to ${late} MB`
}
