// Which buttons does a reply get, and what do they stand for?
//
// What stands below a finished reply is stored with it, in one commit, for as long as it may be pressed.

import type { ConversationRef, Handle } from '../../contract/assistant.ts'
import type { Attachment, JsonObject, SenderId } from '../../contract/event.ts'
import type { Control } from '../../contract/platform.ts'
import type { CommandRun } from '../../contract/turn.ts'
import type { Write } from '../../store/coordination.ts'
import { isAdmin } from '../access.ts'
import type { Scene } from './scene.ts'
import { tokensOf } from './tokens.ts'

/** What a pressed button asks for. `owner`: the only one who may press it; absent: anybody in the place. */
export type Meaning =
  | (Owned & {
      readonly kind: 'ask'
      readonly text: string
      readonly echo: boolean
      readonly command?: CommandRun
      /** With what became of them. */
      readonly attachments?: readonly Attachment[]
    })
  | (Owned & {
      readonly kind: 'rate'
      readonly conversation: ConversationRef
      readonly handle: Handle
      /** Up to now. */
      readonly given?: 'like' | 'unlike'
    })
  /** The reply read aloud. */
  | (Owned & { readonly kind: 'listen'; readonly text: string })
  /** A form of a command, sent back. */
  | (Owned & { readonly kind: 'fill'; readonly command: CommandRun })
interface Owned {
  readonly owner?: SenderId
  readonly agent: string
}

/** Buttons below a reply may be pressed this long. Our choice: long enough for tomorrow. */
const LASTS_MS = 3 * 24 * 60 * 60_000
const MOST_SUGGESTIONS = 5
/** More is not read aloud in one go. */
const LONGEST_HEARD_CHARS = 8_000
/** Both thumbs are one record: its key is the token without its last letter. */
export const THUMB_UP = 'u'
export const THUMB_DOWN = 'd'

/** Below a finished reply; `stored`: what they stand for, to be in the commit that makes the reply final. */
export function endControls(
  { turn, world, route, screen, brought }: Scene,
  { isWhole, answer }: { readonly isWhole: boolean; readonly answer: string },
): { readonly controls: readonly Control[]; readonly stored: readonly Write[] } {
  const { id, asked, command, agent, state } = turn.record
  const shown = route?.controls
  const newToken = tokensOf(`end ${id}`, world)
  // In a private chat, too: whoever is forgotten takes their buttons along.
  const isOwn = route?.conversation === 'per-user' || asked.chatKind === 'direct'
  const ownedBy = isOwn ? { owner: asked.sender.id } : {}
  const base = { ...ownedBy, agent }
  const controls: Control[] = []
  const stored: Write[] = []

  if (isWhole && shown?.suggestions === true) {
    for (const text of brought.suggestions.slice(0, MOST_SUGGESTIONS)) {
      const token = newToken()
      controls.push({ kind: 'suggestion', token, label: text })
      keep(token, { ...base, kind: 'ask', text, echo: true })
    }
  }
  if ((isWhole && shown?.again === true) || brought.runAgain) {
    const token = newToken()
    const label = screen.say({ key: command === undefined ? 'control.again' : 'control.runAgain' })
    controls.push({ kind: 'again', token, label })
    const files = asked.attachments.length === 0 ? {} : { attachments: asked.attachments }
    const what = { text: asked.text, echo: false, ...files, ...(command === undefined ? {} : { command }) }
    keep(token, { ...base, kind: 'ask', ...what })
  }
  if (isWhole && shown?.thumbs === true && command === undefined && state.phase === 'answering') {
    const key = newToken()
    controls.push({ kind: 'thumbs', upToken: key + THUMB_UP, downToken: key + THUMB_DOWN })
    keep(key, { ...base, kind: 'rate', conversation: state.conversation, handle: state.handle })
  }
  if (isWhole && shown?.listen === true && world.assistant.speak) {
    const token = newToken()
    controls.push({ kind: 'suggestion', token, label: screen.say({ key: 'control.listen' }) })
    keep(token, { ...base, kind: 'listen', text: answer.slice(0, LONGEST_HEARD_CHARS) })
  }
  // In a group everybody would see it.
  const isForAdmin = asked.chatKind === 'direct' && isAdmin(asked, world.policy.access)
  if (brought.debugUrl !== undefined && isForAdmin) {
    controls.push({ kind: 'link', url: brought.debugUrl, label: screen.say({ key: 'control.debug' }) })
  }
  return { controls: controls.slice(0, screen.limits.maxControls), stored }

  function keep(token: string, meaning: Meaning): void {
    stored.push(world.actions.write(token, toJson(meaning), LASTS_MS))
  }
}

/** Border: written by us alone, under tokens of ours. */
export function toMeaning(stored: JsonObject): Meaning {
  return stored as unknown as Meaning
}

export function toJson(meaning: Meaning): JsonObject {
  return { ...meaning } as unknown as JsonObject
}
