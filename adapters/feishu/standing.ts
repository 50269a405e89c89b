// How does a card that stands on the screen change? It grows while it streams, and stands still after. ending.ts ends it.
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, SurfaceState } from '../../src/contract/platform.ts'
import type { Face } from './card-json.ts'
import type { Entity, EntityFacts } from './entity.ts'
import { isStreamingClosed } from './errors.ts'
import { readString, readWhole } from '../common/read.ts'

/** What shows the reply. */
export type Standing = StandingCard | StandingText

export interface StandingCard {
  readonly kind: 'card'
  readonly messageId: MessageId
  readonly entity: Entity
  /** What it surely shows; absent after a restart. */
  shown: { readonly markdown?: string; readonly controls?: readonly Control[]; readonly summary?: string }
  streaming: boolean
  /** When streaming was last switched on. */
  openedAtMs: number
  /** A closed stream is opened again once. */
  reopened: boolean
  /** It takes no frames: its end will find another way. */
  frozen: boolean
  /** How often its end could not be reached. */
  readonly failures: { closing: number; replacing: number; dismissing: number }
}

/** A message of text, where a card was refused. */
export interface StandingText {
  readonly kind: 'text'
  readonly messageId: MessageId
  shown: string | undefined
}

/** The core opens the next card before this; a card resumed later than this stands still. */
export const CARD_LIVES_MS = 8 * 60_000
/** After ten minutes the server ends a stream, at worst without a word (Feishu docs: streaming updates). */
export const STREAM_LIVES_MS = 9 * 60_000

/** A frame: the whole text into the stream, or else the whole card. */
export async function grow(
  card: StandingCard,
  face: Face,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (card.frozen || card.shown.markdown === face.markdown) return
  if (nowMs - card.openedAtMs >= STREAM_LIVES_MS) card.streaming = false
  if (card.streaming) {
    try {
      await writeOrReopen(card, face, nowMs, signal)
      return
    } catch (error) {
      if (!isStreamingClosed(error)) throw error
      card.streaming = false
    }
  }
  await replace(card, face, signal)
}

async function writeOrReopen(
  card: StandingCard,
  face: Face,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await write(card, face, signal)
  } catch (error) {
    if (!isStreamingClosed(error) || card.reopened) throw error
    card.reopened = true
    await card.entity.settle(true, face.summary, signal)
    card.openedAtMs = nowMs
    await write(card, face, signal)
  }
}

export async function write(card: StandingCard, face: Face, signal: AbortSignal): Promise<void> {
  await card.entity.write(face.markdown, signal)
  card.shown = { ...card.shown, markdown: face.markdown }
}

export async function replace(card: StandingCard, face: Face, signal: AbortSignal): Promise<void> {
  await card.entity.replace(face, signal)
  card.streaming = false
  card.shown = face
}

/** What a restart needs to go on with it. */
export function stateOf(standing: Standing): SurfaceState {
  const { messageId } = standing
  if (standing.kind === 'text') return { messageId, text: true }
  const { cardId, createdAtMs, aheadMs } = standing.entity.facts
  return { messageId, cardId, createdAtMs, ...(aheadMs === undefined ? {} : { aheadMs }) }
}

/** As journaled by `stateOf`; undefined when it says nothing of ours. */
export function readState(
  state: SurfaceState | undefined,
  open: (facts: EntityFacts) => Entity,
  nowMs: number,
): Standing | undefined {
  const id = readString(state?.['messageId'])
  if (state === undefined || id === undefined) return undefined
  // Border: minted by this adapter, journaled, read back.
  const messageId = id as MessageId
  if (state['text'] === true) return { kind: 'text', messageId, shown: undefined }
  const cardId = readString(state['cardId'])
  const createdAtMs = readWhole(state['createdAtMs'])
  if (cardId === undefined || createdAtMs === undefined) return undefined
  const aheadMs = readWhole(state['aheadMs'])
  return unknownCard(
    messageId,
    open({ cardId, createdAtMs, ...(aheadMs === undefined ? {} : { aheadMs }) }),
    {
      createdAtMs,
      nowMs,
    },
  )
}

/** A card of an earlier life: what it shows and whether it still streams will be found out. */
export function unknownCard(
  messageId: MessageId,
  entity: Entity,
  { createdAtMs, nowMs }: { readonly createdAtMs: number; readonly nowMs: number },
): StandingCard {
  const streaming = nowMs - createdAtMs < CARD_LIVES_MS
  return standingCard(messageId, entity, { shown: {}, streaming, openedAtMs: createdAtMs })
}

/** A card that a message was seen to show. */
export function standingCard(
  messageId: MessageId,
  entity: Entity,
  now: Pick<StandingCard, 'shown' | 'streaming' | 'openedAtMs'>,
): StandingCard {
  const failures = { closing: 0, replacing: 0, dismissing: 0 }
  return { kind: 'card', messageId, entity, ...now, reopened: false, frozen: false, failures }
}

/** This card will not take it, however often it is asked. */
export function isRefused(error: unknown): boolean {
  return isKind(error, 'rejected') || isKind(error, 'gone')
}

export function isKind(error: unknown, kind: PlatformError['kind']): error is PlatformError {
  return error instanceof PlatformError && error.kind === kind
}
