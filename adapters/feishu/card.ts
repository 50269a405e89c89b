// How does a reply grow as Feishu's own card? An entity that streams, closed with its last words, and never two of one.
// https://open.feishu.cn/document/cardkit-v1/streaming-updates-openapi-overview
//
// 1. The first frame makes the entity and sends it under the part's key. 2. Each frame writes the whole text. 3. At the
// end: the last text, and streaming off with a summary; or the whole card, still, where its buttons change or streaming is
// over. 4. A reply that goes on after its end streams again in the same card. 5. What a card refuses goes back to the
// core, which asks again with plain text: then a message of text is posted, or the standing card takes it to the letter.
//
// A process may die between sending and journaling. Its next life sends under the same key, gets the old message
// back, sees that it shows another entity, and goes on with that one. Buttons change with the whole card, also while it
// streams.
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, Surface, SurfaceState } from '../../src/contract/platform.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { FeishuBody } from './body.ts'
import { faceOf, type Face } from './card-json.ts'
import type { CardMemory } from './card-memory.ts'
import { complete, dismiss, showsAll } from './ending.ts'
import { createEntity, entityIdOf, openEntity, type Entity } from './entity.ts'
import { isFreshCard } from './errors.ts'
import type { Pictures } from './pictures.ts'
import type { Place } from './place.ts'
import type { Posted, Sending } from './sending.ts'
import {
  foundCard,
  grow,
  isKind,
  isRefused,
  readState,
  standingCard,
  stateOf,
  type Standing,
  type StandingCard,
  type StandingText,
} from './standing.ts'
import { textContent, withKeys } from './text.ts'

export interface CardParts {
  readonly account: string
  readonly clock: Clock
  readonly log: Logger
  readonly sending: Sending
  readonly place: Place
  readonly memory: CardMemory
  readonly pictures: Pictures
  readonly key: string
  readonly fresh?: true
  readonly replyTo?: MessageId
  readonly resume?: SurfaceState
  /** Replaces the text of a message of text. */
  editText(messageId: MessageId, text: string, signal: AbortSignal): Promise<void>
}

/** "cardid is invalid" for a card made a moment ago: replicas lag. As others measured. */
const FRESH_PAUSES_MS = [150, 500, 1_000] as const
/** An adopted card's age is known from its message alone, which is younger, and by the server's clock. */
const ADOPTED_AHEAD_MS = 600_000
/** So often the end of a reply waits for a card to be made; then it is text. */
const MOST_FAILED_MAKINGS = 3

/** An entity that may have been sent: whether it stands is not known yet. */
interface Made {
  readonly entity: Entity
  readonly face: Face
  readonly streaming: boolean
}

export function openCard(parts: CardParts): Surface<FeishuBody> {
  const { account, clock, log, memory, pictures, place, sending } = parts
  const entityParts = { account, clock, sending, place, pictures }
  const under = { key: parts.key, ...(parts.replyTo === undefined ? {} : { replyTo: parts.replyTo }) }
  let standing = readState(parts.resume, (facts) => openEntity(entityParts, facts), clock.now())
  let made: Made | undefined
  /** Nobody else can have sent under this key: the message that comes back shows our entity. */
  let surelyOurs = parts.fresh === true
  let failedMakings = 0
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
        if (made?.streaming === true) await made.entity.settle(false, made.face.summary, signal)
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
    if (body.kind === 'text') {
      // What text has in place of buttons comes with its end: it cannot change often.
      const words = streaming ? body.text : withKeys(body.text, face.controls)
      const posted = await sending.send({ msgType: 'text', content: textContent(words) }, under, signal)
      if (!posted.isCard) return { kind: 'text', messageId: posted.messageId, shown: words }
      return asCard(posted, signal)
    }
    made ??= await make(face, streaming, signal)
    const posted = await sendMade(made, signal)
    // Text under this key: an earlier life was refused its card.
    return posted.isCard
      ? asCard(posted, signal)
      : { kind: 'text', messageId: posted.messageId, shown: undefined }
  }

  async function make(face: Face, streaming: boolean, signal: AbortSignal): Promise<Made> {
    memory.expectCards(account, clock.now())
    try {
      return await pictures.showing(face.markdown, async (markdown) => {
        const shown = { ...face, markdown }
        return { entity: await createEntity(entityParts, shown, streaming, signal), face: shown, streaming }
      })
    } catch (error) {
      if (isKind(error, 'unavailable')) failedMakings += 1
      if (!streaming && failedMakings > MOST_FAILED_MAKINGS) {
        throw new PlatformError(account, 'rejected', 'no card can be made')
      }
      throw memory.refusal(parts, error)
    }
  }

  /** Sends the entity; one that stays unknown to the server, or is refused for its pictures, is made once more. */
  async function sendMade(first: Made, signal: AbortSignal): Promise<Posted> {
    try {
      return await sendPatiently(first.entity, signal)
    } catch (error) {
      if (!isFreshCard(error) && !pictures.wereRefused(error, first.face.markdown)) throw error
    }
    made = await make(first.face, first.streaming, signal)
    try {
      return await sendPatiently(made.entity, signal)
    } catch (error) {
      if (!isFreshCard(error)) throw error
      throw new PlatformError(account, 'rejected', 'no card that is made can be sent')
    }
  }

  async function sendPatiently({ facts }: Entity, signal: AbortSignal): Promise<Posted> {
    const content = JSON.stringify({ type: 'card', data: { card_id: facts.cardId } })
    for (const pauseMs of FRESH_PAUSES_MS) {
      try {
        return await sending.send({ msgType: 'interactive', content }, under, signal)
      } catch (error) {
        if (!isFreshCard(error)) {
          surelyOurs = false
          throw error
        }
      }
      // Aborted: the call that follows says so.
      await clock.sleep(pauseMs, signal).catch(() => undefined)
    }
    return sending.send({ msgType: 'interactive', content }, under, signal)
  }

  /** Which entity the message shows: the one just made, or that of an earlier life. */
  async function asCard({ messageId, createdAtMs }: Posted, signal: AbortSignal): Promise<Standing> {
    const cardId = surelyOurs ? undefined : await shownId(messageId, signal)
    if (made !== undefined && (cardId === undefined || cardId === made.entity.facts.cardId)) {
      const { entity, face, streaming } = made
      const openedAtMs = entity.facts.createdAtMs
      return standingCard(messageId, entity, { shown: face, streaming, openedAtMs })
    }
    if (cardId === undefined)
      throw new PlatformError(account, 'gone', 'the message under this key shows no card')
    const nowMs = clock.now()
    const madeAtMs = Math.min(createdAtMs ?? nowMs, nowMs)
    const entity = openEntity(entityParts, { cardId, createdAtMs: madeAtMs, aheadMs: ADOPTED_AHEAD_MS })
    return foundCard(messageId, entity, { openedAtMs: madeAtMs, nowMs })
  }

  /** Undefined where the server cannot tell: then the card just sent is the one. */
  async function shownId(messageId: MessageId, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await entityIdOf(sending, messageId, signal)
    } catch (error) {
      const willTell = ['unavailable', 'rate-limited', 'cancelled'] as const
      if (willTell.some((kind) => isKind(error, kind))) throw error
      return undefined
    }
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
