// How is one CardKit entity changed? Each call carries the next number; a number the server refuses is leapt over.
// https://open.feishu.cn/document/cardkit-v1/streaming-updates-openapi-overview
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import type { FeishuRequest } from './api.ts'
import { cardJson, settingsJson, TEXT_ELEMENT, type Face } from './card-json.ts'
import { isSequenceBehind } from './errors.ts'
import type { ButtonPlace } from './keyboard.ts'
import { THOUGHT_ELEMENT } from './panel.ts'
import type { Pictures } from './pictures.ts'
import type { Sending } from './sending.ts'
import { createSequence } from './sequence.ts'
import { readString } from '../common/read.ts'

/** What is journaled of it. */
export interface EntityFacts {
  readonly cardId: string
  /** By our clock. */
  readonly createdAtMs: number
  readonly aheadMs?: number
}

/** Calls come one at a time. */
export interface Entity {
  readonly facts: EntityFacts
  /**
   * The whole text, typed out by the client where the old one is its beginning. Rejects once streaming is over. Resolves
   * with what is shown: where pictures are refused, their words.
   */
  write(markdown: string, signal: AbortSignal): Promise<string>
  /** The words of the panel that stands open above it, likewise. */
  writeThought(markdown: string, signal: AbortSignal): Promise<void>
  /** Streaming on or off. */
  settle(streaming: boolean, summary: string | undefined, signal: AbortSignal): Promise<void>
  /** The whole card, still or streaming on; also after streaming is over. Resolves with what is shown. */
  replace(face: Face, streaming: boolean, signal: AbortSignal): Promise<Face>
}

export interface EntityParts {
  readonly account: string
  readonly clock: Clock
  readonly sending: Pick<Sending, 'ask'>
  readonly place: ButtonPlace
  readonly pictures: Pictures
}

const CARDS = '/open-apis/cardkit/v1/cards'
const MAX_LEAPS = 2
/**
 * Whoever goes on with a card of another life counts from here: what that life still had on its way, or sends when it
 * wakes from a freeze, is behind, and refused.
 */
export const TAKEN_OVER_AHEAD_MS = 600_000
/** Another process counts higher than we do: if it took the card over, we are told so by then, and the signal aborts. */
const OTHER_HAND_MS = 2_000

/** An entity nobody sees yet: it is sent as a message once. */
export async function createEntity(
  parts: EntityParts,
  face: Face,
  streaming: boolean,
  signal: AbortSignal,
): Promise<Entity> {
  const { account, clock, place, sending } = parts
  // Taken before the call: numbers may then only be too high.
  const createdAtMs = clock.now()
  const body = { type: 'card_json', data: cardJson(face, place, streaming) }
  const answer = await sending.ask({ method: 'POST', path: CARDS, body }, signal)
  const cardId = readString(answer['card_id'])
  if (cardId === undefined) throw new PlatformError(account, 'rejected', 'the new card has no card_id')
  return openEntity(parts, { cardId, createdAtMs })
}

/** Which entity a message shows. */
export async function entityIdOf(
  sending: Pick<Sending, 'ask'>,
  messageId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `${CARDS}/id_convert` as const
  const answer = await sending.ask({ method: 'POST', path, body: { message_id: messageId } }, signal)
  return readString(answer['card_id'])
}

export function openEntity(parts: EntityParts, facts: EntityFacts): Entity {
  const { account, clock, pictures, place, sending } = parts
  const { cardId, createdAtMs } = facts
  const sequence = createSequence(clock, createdAtMs, facts.aheadMs)
  /** Numbers rise, so from then on one can be behind of another process's alone. */
  let wasTaken = false

  return {
    get facts() {
      const { aheadMs } = sequence
      return { cardId, createdAtMs, ...(aheadMs === 0 ? {} : { aheadMs }) }
    },
    write(markdown, signal) {
      const path = `${CARDS}/:card_id/elements/:element_id/content` as const
      const ids = { card_id: cardId, element_id: TEXT_ELEMENT }
      return pictures.showing(markdown, async (content) => {
        await change({ method: 'PUT', path, ids, body: { content } }, signal)
        return content
      })
    },
    async writeThought(content, signal) {
      const path = `${CARDS}/:card_id/elements/:element_id/content` as const
      const ids = { card_id: cardId, element_id: THOUGHT_ELEMENT }
      await change({ method: 'PUT', path, ids, body: { content } }, signal)
    },
    async settle(streaming, summary, signal) {
      const path = `${CARDS}/:card_id/settings` as const
      const body = { settings: settingsJson(streaming, summary) }
      await change({ method: 'PATCH', path, ids: { card_id: cardId }, body }, signal)
    },
    replace(face, streaming, signal) {
      const path = `${CARDS}/:card_id` as const
      return pictures.showing(face.markdown, async (markdown) => {
        const shown = { ...face, markdown }
        const body = { card: { type: 'card_json', data: cardJson(shown, place, streaming) } }
        await change({ method: 'PUT', path, ids: { card_id: cardId }, body }, signal)
        return shown
      })
    },
  }

  async function change(request: FeishuRequest, signal: AbortSignal): Promise<void> {
    for (let leaps = 0; ; leaps += 1) {
      try {
        await sending.ask({ ...request, body: { ...request.body, sequence: sequence.next() } }, signal)
        wasTaken = true
        return
      } catch (error) {
        if (!isSequenceBehind(error)) throw error
        // Aborted: the call that follows says so.
        if (wasTaken) await clock.sleep(OTHER_HAND_MS, signal).catch(() => undefined)
        if (leaps >= MAX_LEAPS) throw new PlatformError(account, 'gone', 'the card takes no number any more')
        sequence.leap()
      }
    }
  }
}
