// Since when does the configuration hold that runs, and what became of the last one that was to take its place?

import type { Clock } from '../../contract/runtime.ts'

export interface ConfigNote {
  /** `object`: handed in by the program it runs in. */
  readonly source: 'file' | 'environment' | 'object'
  readonly file?: string
  readonly loadedAtMs: number
  /** The last one was refused, and the one before holds. */
  readonly fault?: { readonly atMs: number; readonly lines: readonly string[] }
}

export interface ConfigNotes {
  /** A new one holds. */
  applied(): void
  /** Why not, in the words of the start. */
  refused(lines: readonly string[]): void
  readonly now: ConfigNote
}

const MOST_LINES = 20

export function createConfigNotes(
  clock: Pick<Clock, 'now'>,
  { source, file }: Pick<ConfigNote, 'source' | 'file'>,
): ConfigNotes {
  let note: ConfigNote = { source, ...(file === undefined ? {} : { file }), loadedAtMs: clock.now() }
  return {
    applied() {
      const { fault: _fault, ...rest } = note
      note = { ...rest, loadedAtMs: clock.now() }
    },
    refused(lines) {
      note = { ...note, fault: { atMs: clock.now(), lines: lines.slice(0, MOST_LINES) } }
    },
    get now() {
      return note
    },
  }
}
