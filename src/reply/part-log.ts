// What is journaled of a reply's parts? Before each call that needs it, and only when it changed.

import type { PartRecord } from '../contract/turn.ts'
import type { MediaPart } from './laid.ts'

export interface PartLog {
  readonly parts: readonly PartRecord[]
  /** Of an earlier life: its message may stand. */
  wasThere(index: number): boolean
  /** The record of this part; made, and not yet saved, where there is none. */
  recordOf(part: { readonly index: number; readonly from: number }): PartRecord
  set(index: number, record: PartRecord): void
  /** Durable before it resolves. */
  save(): Promise<void>
}

/** What is journaled before the first post of a reply can be made. */
export function firstPart(keyBase: string): PartRecord {
  return { key: keyOf(keyBase, 0), from: 0, done: false }
}

/** `earlier`: the parts of an earlier life. */
export function createPartLog(
  keyBase: string,
  earlier: readonly PartRecord[] | undefined,
  saveParts: (parts: readonly PartRecord[]) => Promise<void>,
): PartLog {
  const parts: PartRecord[] = [...(earlier ?? [firstPart(keyBase)])]
  let savedAs = JSON.stringify(parts)
  return {
    parts,
    wasThere: (index) => earlier?.[index] !== undefined,
    recordOf({ index, from }) {
      const record = parts[index] ?? { key: keyOf(keyBase, index), from, done: false }
      parts[index] = record
      return record
    },
    set(index, record) {
      parts[index] = record
    },
    async save() {
      const asText = JSON.stringify(parts)
      if (asText === savedAs) return
      await saveParts([...parts])
      savedAs = asText
    },
  }
}

/** Of a text that stands the addresses are not read again: the record names them. */
export function owedMedia(
  part: PartRecord | undefined,
): Pick<MediaPart, 'from' | 'to' | 'media'> | undefined {
  if (part?.media === undefined || part.done || part.from !== part.to) return undefined
  const { from, media } = part
  return { from, to: from, media }
}

function keyOf(keyBase: string, index: number): string {
  return `${keyBase}p${index}`
}
