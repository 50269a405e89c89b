// How does a card get on the screen? Made, noted, sent under the part's key; or found there, from an earlier life.
//
// 1. What an earlier life noted under this key is sent again, never a second card: Feishu answers with the old message, or
// takes it now. 2. A card just made that the server does not know yet is sent a few times, then made once more. 3. Which
// card the message shows is asked where another life may have sent it. 4. A noted card that is not taken any more was sent
// longer ago than keys are remembered (an hour): its message is looked for in the chat.
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { Face } from './card-json.ts'
import type { CardMemory } from './card-memory.ts'
import type { CardNotes } from './card-notes.ts'
import { createEntity, entityIdOf, openEntity, TAKEN_OVER_AHEAD_MS, type Entity } from './entity.ts'
import { isFreshCard } from './errors.ts'
import { findShown } from './find-shown.ts'
import type { Pictures } from './pictures.ts'
import type { Place } from './place.ts'
import type { Posted, Sending } from './sending.ts'
import { CARD_LIVES_MS, foundCard, isKind, standingCard, type Standing } from './standing.ts'

export interface MakingParts {
  readonly account: string
  readonly clock: Clock
  readonly log: Logger
  readonly sending: Sending
  readonly place: Place
  readonly memory: CardMemory
  readonly pictures: Pictures
  readonly notes?: CardNotes
  readonly key: string
  readonly fresh?: true
  readonly replyTo?: MessageId
}

export interface Making {
  stand(face: Face, streaming: boolean, signal: AbortSignal): Promise<Standing>
  /** A message that came back under the key, whatever was sent: it shows a card. */
  adopt(posted: Posted, signal: AbortSignal): Promise<Standing>
  /** Whatever may stand without being known here stops looking busy. */
  settle(signal: AbortSignal): Promise<void>
}

/** "cardid is invalid" for a card made a moment ago: replicas lag. As others measured. */
const FRESH_PAUSES_MS = [150, 500, 1_000] as const
/** So often the end of a reply waits for a card to be made; then it is text. */
const MOST_FAILED_MAKINGS = 3

/** An entity that may have been sent: whether it stands is not known yet. */
interface Made {
  readonly entity: Entity
  /** Undefined: an earlier life made it. */
  readonly face: Face | undefined
  readonly streaming: boolean
}

export function createMaking(parts: MakingParts): Making {
  const { account, clock, memory, notes, pictures, place, sending } = parts
  const entityParts = { account, clock, sending, place, pictures }
  const under = { key: parts.key, ...(parts.replyTo === undefined ? {} : { replyTo: parts.replyTo }) }
  let made: Made | undefined
  /** Nobody else can have sent under this key: the message that comes back shows our entity. */
  let surelyOurs = parts.fresh === true
  let isRecalled = parts.fresh === true
  let failedMakings = 0

  return {
    async stand(face, streaming, signal) {
      await recall()
      made ??= await make(face, streaming, signal)
      const posted = await sendMade(made, face, streaming, signal)
      // Text under this key: an earlier life was refused its card.
      return posted.isCard
        ? adopt(posted, signal)
        : { kind: 'text', messageId: posted.messageId, shown: undefined }
    },
    async adopt(posted, signal) {
      await recall()
      return adopt(posted, signal)
    },
    async settle(signal) {
      await recall()
      if (made?.streaming === true) await made.entity.settle(false, made.face?.summary, signal)
    },
  }

  /** Once: what an earlier life made is ours from now on. */
  async function recall(): Promise<void> {
    if (isRecalled) return
    isRecalled = true
    const noted = await notes?.of(parts.key)
    if (noted === undefined) return
    made = {
      entity: openEntity(entityParts, { ...noted, aheadMs: TAKEN_OVER_AHEAD_MS }),
      face: undefined,
      streaming: clock.now() - noted.createdAtMs < CARD_LIVES_MS,
    }
  }

  async function make(face: Face, streaming: boolean, signal: AbortSignal): Promise<Made> {
    memory.expectCards(account, clock.now())
    try {
      return await pictures.showing(face.markdown, async (markdown) => {
        const shown = { ...face, markdown }
        const entity = await createEntity(entityParts, shown, streaming, signal)
        await notes?.note(parts.key, entity.facts)
        return { entity, face: shown, streaming }
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
  async function sendMade(first: Made, face: Face, streaming: boolean, signal: AbortSignal): Promise<Posted> {
    try {
      return await sendPatiently(first.entity, signal)
    } catch (error) {
      const shown = first.face?.markdown ?? face.markdown
      const isOld = first.face === undefined && (isKind(error, 'rejected') || isKind(error, 'gone'))
      if (!isFreshCard(error) && !isOld && !pictures.wereRefused(error, shown)) throw error
      const standing =
        first.face === undefined ? await findShown(sending, place, first.entity.facts, signal) : undefined
      if (standing !== undefined) return standing
    }
    made = await make(first.face ?? face, first.face === undefined ? streaming : first.streaming, signal)
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
  async function adopt({ messageId, createdAtMs }: Posted, signal: AbortSignal): Promise<Standing> {
    const nowMs = clock.now()
    const cardId = surelyOurs ? undefined : await shownId(messageId, signal)
    if (made !== undefined && (cardId === undefined || cardId === made.entity.facts.cardId)) {
      const { entity, face, streaming } = made
      const openedAtMs = entity.facts.createdAtMs
      if (face === undefined) return foundCard(messageId, entity, { openedAtMs, nowMs })
      return standingCard(messageId, entity, { shown: face, streaming, openedAtMs })
    }
    if (cardId === undefined)
      throw new PlatformError(account, 'gone', 'the message under this key shows no card')
    // Its age is known from its message alone, which is younger, and by the server's clock.
    const madeAtMs = Math.min(createdAtMs ?? nowMs, nowMs)
    const facts = { cardId, createdAtMs: madeAtMs, aheadMs: TAKEN_OVER_AHEAD_MS }
    return foundCard(messageId, openEntity(entityParts, facts), { openedAtMs: madeAtMs, nowMs })
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
}
