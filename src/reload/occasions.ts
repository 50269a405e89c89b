// When is it worth reading the configuration again? When somebody asks for it, or one of its files has changed.
//
// Files are looked at again and again rather than watched: editors replace them, containers mount them, Kubernetes turns
// links, and none of this is told reliably.

import { stat } from 'node:fs/promises'
import type { Clock } from '../contract/runtime.ts'

export interface OccasionsOptions {
  /** Absolute; asked anew at each look. One that is not there may come. Absent: files are not looked at. */
  readonly files?: () => readonly string[]
  /** Calls back whenever somebody asks. */
  readonly onAsked: (ask: () => void) => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 2_000
/** A file that has changed may be half written: it is looked at until it stays the same so long. */
const SETTLED_MS = 300

/** Several occasions while one is being dealt with are one. Ends when the signal aborts. Asked for from this call on. */
export function reloadOccasions(options: OccasionsOptions): AsyncGenerator<void, void, undefined> {
  const bell: Bell = { isRung: false, wake: () => undefined }
  options.onAsked(() => {
    bell.isRung = true
    bell.wake()
  })
  return occasions(options, bell, look(options.files?.() ?? []))
}

interface Bell {
  isRung: boolean
  wake: () => void
}

async function* occasions(
  { files = () => [], clock, signal }: OccasionsOptions,
  bell: Bell,
  first: Promise<Looks>,
): AsyncGenerator<void, void, undefined> {
  let known = await first
  for (;;) {
    if (!bell.isRung) await rest()
    if (signal.aborted) return
    const now = await look(files())
    const hasChanged = !same(now, known)
    if (!bell.isRung && !hasChanged) continue
    bell.isRung = false
    known = hasChanged ? await settled(now) : now
    yield
    // It may name other files now. What changed since it was read is seen next time.
    known = new Map([...(await look(files())), ...known])
  }

  async function rest(): Promise<void> {
    const woken = new AbortController()
    bell.wake = () => woken.abort()
    await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
  }

  async function settled(first: Looks): Promise<Looks> {
    let seen = first
    for (;;) {
      await clock.sleep(SETTLED_MS, signal).catch(() => undefined)
      const now = await look(files())
      if (signal.aborted || same(now, seen)) return now
      seen = now
    }
  }
}

/** By file: what tells one state of it from another. */
type Looks = ReadonlyMap<string, string>

async function look(files: readonly string[]): Promise<Looks> {
  const looks = files.map(async (file) => {
    const found = await stat(file).catch(() => undefined)
    return [file, found === undefined ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`] as const
  })
  return new Map(await Promise.all(looks))
}

/** Files that are not looked at any more do not count. */
function same(now: Looks, known: Looks): boolean {
  return [...now].every(([file, stamp]) => known.get(file) === stamp)
}
