// May more of a question come, and how long is it waited for? Pure.

import type { Route } from '../contract/policy.ts'
import type { TurnRecord } from '../contract/turn.ts'

/** Items of one album come within a few hundred ms of each other. Our choice. */
const ALBUM_SETTLES_MS = 900
/** After a restart, what has waited so long already is complete. */
const LONGEST_MS = 60_000

/** Album items that follow, or the question to a picture without words; 0: it is complete. */
export function holdMs(
  { asked, command, state, acceptedAtMs }: TurnRecord,
  route: Route | undefined,
  nowMs: number,
): number {
  if (command !== undefined || state.phase !== 'accepted' || !route) return 0
  if (nowMs - acceptedAtMs > LONGEST_MS) return 0
  const album = asked.groupKey === undefined ? 0 : ALBUM_SETTLES_MS
  const isWordless = asked.text === '' && asked.attachments.length > 0 && asked.incomplete === undefined
  // A voice message is words.
  const speaks = asked.attachments.some(({ kind }) => kind === 'voice')
  return Math.max(album, isWordless && !speaks ? route.media.mergeWindowMs : 0)
}
