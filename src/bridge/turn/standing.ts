// What of a reply stands on the screen already? By the records of its parts alone. Pure.

import type { PartRecord } from '../../contract/turn.ts'

/** Something of it, be it a status. */
export function isShown(parts: readonly PartRecord[] | undefined): boolean {
  return parts?.some((part) => part.surface !== undefined) ?? false
}

/** Words of it can be read. */
export function showsWords(parts: readonly PartRecord[] | undefined): boolean {
  return parts?.some((part) => part.surface !== undefined && part.blank !== true) ?? false
}

/** A text that came out shorter was not cut into these parts: they are left as they stand. */
export function fits(parts: readonly PartRecord[], text: string): boolean {
  return parts.every((part) => (part.to ?? part.from) <= text.length)
}

/** The message that may still look busy. */
export function growingPart(parts: readonly PartRecord[] | undefined): PartRecord | undefined {
  return parts?.findLast(({ done, surface }) => !done && surface !== undefined)
}
