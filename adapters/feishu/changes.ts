// How is a message that stands changed? Words as words, a card as a card, a card that streamed through its entity.
// https://open.feishu.cn/document/server-docs/im-v1/message-card/patch
import type { MessageId } from '../../src/contract/event.ts'
import type { Control } from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import type { FeishuBody } from './body.ts'
import { cardJson, faceOf, type Face } from './card-json.ts'
import { entityIdOf, openEntity, TAKEN_OVER_AHEAD_MS } from './entity.ts'
import { isLockedCard } from './errors.ts'
import { isButton } from './keyboard.ts'
import type { Pictures } from './pictures.ts'
import type { Place } from './place.ts'
import type { Sending } from './sending.ts'
import { isKind } from './standing.ts'
import { textContent, withKeys } from './text.ts'

export interface Changes {
  /** Shows exactly this body with exactly these buttons. */
  edit(id: MessageId, body: FeishuBody, controls: readonly Control[], signal: AbortSignal): Promise<void>
  /** Twenty times in a message's life, then it is `gone` (230072). Feishu docs: edit a message. */
  editText(id: MessageId, text: string, signal: AbortSignal): Promise<void>
}

export interface ChangesParts {
  readonly account: string
  readonly clock: Clock
  readonly sending: Pick<Sending, 'ask'>
  readonly place: Place
  readonly pictures: Pictures
}

const MESSAGE = '/open-apis/im/v1/messages/:message_id'
/** "A card entity is changed with CardKit", among other things. */
const INVALID_PARAM = 230001
/** A card of which a button is pressed is locked until that is answered: a moment, at most three seconds. */
const LOCKED_PAUSES_MS = [150, 500, 1_000] as const

export function createChanges(parts: ChangesParts): Changes {
  const { clock, pictures, place, sending } = parts
  return { edit, editText }

  async function edit(
    id: MessageId,
    body: FeishuBody,
    given: readonly Control[],
    signal: AbortSignal,
  ): Promise<void> {
    const controls = given.filter(isButton)
    const asCard = (): Promise<void> => changeCard(id, faceOf(body, controls), signal)
    if (body.kind === 'card') {
      await asCard()
      return
    }
    const asText = (): Promise<void> => editText(id, withKeys(body.text, controls), signal)
    // What stands there, a card or text, is not known: the likelier first. A card takes text to the letter.
    const [first, second] = controls.length > 0 ? [asCard, asText] : [asText, asCard]
    try {
      await first()
    } catch (error) {
      if (!isKind(error, 'rejected')) throw error
      await second()
    }
  }

  async function editText(id: MessageId, text: string, signal: AbortSignal): Promise<void> {
    const body = { msg_type: 'text', content: textContent(text) }
    await sending.ask({ method: 'PUT', path: MESSAGE, ids: { message_id: id }, body }, signal)
  }

  async function changeCard(id: MessageId, face: Face, signal: AbortSignal): Promise<void> {
    try {
      await pictures.showing(face.markdown, (markdown) =>
        patchPatiently(id, cardJson({ ...face, markdown }, place, false), signal),
      )
    } catch (error) {
      if (!isKind(error, 'rejected') || error.code !== INVALID_PARAM) throw error
      const cardId = await entityIdOf(sending, id, signal).catch(() => undefined)
      if (cardId === undefined) throw error
      // How old an entity is cannot be asked: numbers leap where this is not enough.
      const facts = { cardId, createdAtMs: clock.now(), aheadMs: TAKEN_OVER_AHEAD_MS }
      await openEntity(parts, facts).replace(face, false, signal)
    }
  }

  async function patchPatiently(id: MessageId, content: string, signal: AbortSignal): Promise<void> {
    const request = { method: 'PATCH', path: MESSAGE, ids: { message_id: id }, body: { content } } as const
    for (const pauseMs of LOCKED_PAUSES_MS) {
      try {
        await sending.ask(request, signal)
        return
      } catch (error) {
        if (!isLockedCard(error)) throw error
      }
      // Aborted: the call that follows says so.
      await clock.sleep(pauseMs, signal).catch(() => undefined)
    }
    await sending.ask(request, signal)
  }
}
