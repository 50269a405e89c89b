// How does a reply grow as Feishu's own card? An entity that streams, closed with its last words, and never two of one.
// https://open.feishu.cn/document/cardkit-v1/streaming-updates-openapi-overview
//
// 1. The first frame makes the entity and sends it under the part's key (making.ts). 2. Each frame writes the whole text. 3. At the
// end: the last text, and streaming off with a summary; or the whole card, still, where its buttons change or streaming is
// over. 4. A reply that goes on after its end streams again in the same card. 5. What a card refuses goes back to the
// core, which asks again with plain text: then a message of text is posted, or the standing card takes it to the letter.
//
// Buttons change with the whole card, also while it streams.
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, Surface, SurfaceState } from '../../src/contract/platform.ts'
import type { FeishuBody } from './body.ts'
import { faceOf, type Face } from './card-json.ts'
import { complete, dismiss, showsAll } from './ending.ts'
import { openEntity } from './entity.ts'
import { createMaking, type MakingParts } from './making.ts'
import {
  grow,
  isKind,
  isRefused,
  readState,
  stateOf,
  type Standing,
  type StandingCard,
  type StandingText,
} from './standing.ts'
import { textContent, withKeys } from './text.ts'

export interface CardParts extends MakingParts {
  readonly resume?: SurfaceState
  /** Replaces the text of a message of text. */
  editText(messageId: MessageId, text: string, signal: AbortSignal): Promise<void>
}

export function openCard(parts: CardParts): Surface<FeishuBody> {
  const { account, clock, log, pictures, place, sending } = parts
  const entityParts = { account, clock, sending, place, pictures }
  const under = { key: parts.key, ...(parts.replyTo === undefined ? {} : { replyTo: parts.replyTo }) }
  let standing = readState(parts.resume, (facts) => openEntity(entityParts, facts), clock.now())
  const making = createMaking(parts)
  /** The whole reply as text, where the card could not take it. */
  let below: StandingText | undefined
  let finished: { readonly as: string; readonly messageId: MessageId } | undefined

  return {
    async update(body, { controls }, signal) {
      finished = undefined
      const face = allowedFace(body, controls)
      standing ??= await begin(body, face, true, signal)
      // A message of text is edited at most twenty times: that is left for its end.
      if (standing.kind === 'card') await frame(standing, body, face, signal)
      return stateOf(standing)
    },
    async finish(body, { controls }, signal) {
      const as = JSON.stringify([body, controls])
      if (finished?.as === as) return finished.messageId
      const face = allowedFace(body, controls)
      standing ??= await begin(body, face, false, signal)
      if (standing.kind === 'card') standing = await completeCard(standing, body, face, signal)
      else await completeText(standing, body, controls, signal)
      finished = { as, messageId: standing.messageId }
      return standing.messageId
    },
    /** What stands, stands; it only stops looking busy. */
    async abandon(signal) {
      if (finished !== undefined || standing?.kind === 'text') return
      if (standing === undefined) {
        await making.settle(signal)
      } else if (standing.streaming) {
        await standing.entity.settle(false, standing.shown.summary, signal)
        standing.streaming = false
      }
    },
  }

  function allowedFace(body: FeishuBody, controls: readonly Control[]): Face {
    const face = faceOf(body, controls)
    return { ...face, markdown: pictures.allowed(face.markdown) }
  }

  /** Frames are for the eye: one that a standing card will never take is left to the end of the reply. */
  async function frame(card: StandingCard, body: FeishuBody, face: Face, signal: AbortSignal): Promise<void> {
    try {
      await grow(card, face, clock.now(), signal)
    } catch (error) {
      if (!isRefused(error)) throw error
      // Its markup may be what is refused: the core asks once more with plain text.
      if (body.kind === 'card' && isKind(error, 'rejected')) throw error
      card.frozen = true
    }
  }

  /** Gets the reply on the screen, or finds it there. */
  async function begin(
    body: FeishuBody,
    face: Face,
    streaming: boolean,
    signal: AbortSignal,
  ): Promise<Standing> {
    if (body.kind === 'card') return making.stand(face, streaming, signal)
    // What text has in place of buttons comes with its end: it cannot change often.
    const words = streaming ? body.text : withKeys(body.text, face.controls)
    const posted = await sending.send({ msgType: 'text', content: textContent(words) }, under, signal)
    if (posted.isCard) return making.adopt(posted, signal)
    return { kind: 'text', messageId: posted.messageId, shown: words }
  }

  async function completeCard(
    card: StandingCard,
    body: FeishuBody,
    face: Face,
    signal: AbortSignal,
  ): Promise<Standing> {
    if (below === undefined) {
      if (await complete(card, face, clock.now(), signal)) return card
      if (showsAll(card, face)) {
        log.warn(
          { account },
          'a card that shows its whole reply takes no more: it may look busy for a while, or keep old buttons',
        )
        return card
      }
      if (body.kind === 'card') throw new PlatformError(account, 'rejected', 'the card cannot be completed')
      // Refused even to the letter: the card keeps what it shows, and the whole stands below it as text.
      const text = withKeys(body.text, face.controls)
      const content = { msgType: 'text', content: textContent(text) } as const
      const { messageId } = await sending.send(content, { ...under, key: `${parts.key}t` }, signal)
      below = { kind: 'text', messageId, shown: text }
    }
    await dismiss(parts, card, face, signal)
    return below
  }

  async function completeText(
    text: StandingText,
    body: FeishuBody,
    controls: readonly Control[],
    signal: AbortSignal,
  ): Promise<void> {
    if (body.kind === 'card') {
      throw new PlatformError(account, 'rejected', 'this reply stands in a message of text')
    }
    const words = withKeys(body.text, controls)
    if (text.shown === words) return
    await parts.editText(text.messageId, words, signal)
    text.shown = words
  }
}
