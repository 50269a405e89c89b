// How does a card that stands on the screen change? It grows while it streams, and stands still after. ending.ts ends it.
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { SurfaceState } from '../../src/contract/platform.ts'
import { isSamePanel } from './body.ts'
import type { Face } from './card-json.ts'
import { TAKEN_OVER_AHEAD_MS, type Entity, type EntityFacts } from './entity.ts'
import { isStreamingClosed } from './errors.ts'
import { growsInPlace } from './panel.ts'
import { readString, readWhole } from '../common/read.ts'

/** What shows the reply. */
export type Standing = StandingCard | StandingText

export interface StandingCard {
  readonly kind: 'card'
  readonly messageId: MessageId
  readonly entity: Entity
  /** What it surely shows; absent after a restart. */
  shown: Partial<Face>
  streaming: boolean
  /** When streaming was last switched on. */
  openedAtMs: number
  /** Taken up again, and not written to since. */
  isFound: boolean
  /** A closed stream is opened again once. */
  reopened: boolean
  /** It takes no frames: its end will find another way. */
  frozen: boolean
  /** How often its end could not be reached. */
  readonly failures: { closing: number; replacing: number; dismissing: number; pressed: number }
}

/** A message of text, where a card was refused. */
export interface StandingText {
  readonly kind: 'text'
  readonly messageId: MessageId
  shown: string | undefined
}

/** The core opens the next card before this; one found again later than this is not taken to stream. */
export const CARD_LIVES_MS = 8 * 60_000
/** After ten minutes the server ends a stream, at worst without a word (Feishu docs: streaming updates). */
export const STREAM_LIVES_MS = 9 * 60_000

/** A frame: the whole text into the stream; or the whole card, where its buttons change or nothing streams. */
export async function grow(
  card: StandingCard,
  face: Face,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (card.frozen) return
  if (card.isFound) await wake(card, face, nowMs, signal)
  if (card.shown.markdown === face.markdown && !hasOtherFrame(card, face)) return
  if (nowMs - card.openedAtMs >= STREAM_LIVES_MS) card.streaming = false
  if (card.streaming && canBeWritten(card, face)) {
    try {
      await writeOrReopen(card, face, nowMs, signal)
      return
    } catch (error) {
      if (!isStreamingClosed(error)) throw error
      card.streaming = false
    }
  }
  await replace(card, face, card.streaming, signal)
}

/**
 * A reply goes on in a card of an earlier life, or after it waited for a person: its stream may have been closed, by us
 * or by time. Switched on again it has its ten minutes anew (Feishu docs: streaming updates).
 */
async function wake(card: StandingCard, face: Face, nowMs: number, signal: AbortSignal): Promise<void> {
  try {
    await card.entity.settle(true, face.summary, signal)
    card.streaming = true
    card.openedAtMs = nowMs
  } catch (error) {
    if (!isRefused(error) && !isKind(error, 'denied') && !isKind(error, 'unsupported')) throw error
    card.streaming = false
  }
  card.isFound = false
}

/** What stands round its words is other than it shall be, or is not known: its buttons, its panel. */
export function hasOtherFrame({ shown }: StandingCard, face: Face): boolean {
  return hasOtherControls(shown, face) || !isSamePanel(shown.panel, face.panel)
}

function hasOtherControls(shown: Partial<Face>, face: Face): boolean {
  return JSON.stringify(shown.controls) !== JSON.stringify(face.controls)
}

/** One element alone grows; one without words is not in the card. */
function canBeWritten({ shown }: StandingCard, face: Face): boolean {
  if (hasOtherControls(shown, face)) return false
  if (shown.markdown === face.markdown) return growsInPlace(shown.panel, face.panel)
  return isSamePanel(shown.panel, face.panel) && shown.markdown !== '' && face.markdown !== ''
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
  const isThought = card.shown.markdown === face.markdown && growsInPlace(card.shown.panel, face.panel)
  if (face.panel !== undefined && isThought) {
    await card.entity.writeThought(face.panel.markdown, signal)
    card.shown = { ...card.shown, panel: face.panel }
    return
  }
  const markdown = await card.entity.write(face.markdown, signal)
  card.shown = { ...card.shown, markdown }
}

export async function replace(
  card: StandingCard,
  face: Face,
  streaming: boolean,
  signal: AbortSignal,
): Promise<void> {
  card.shown = await card.entity.replace(face, streaming, signal)
  card.streaming = streaming
}

/** What a restart needs to go on with it. */
export function stateOf(standing: Standing): SurfaceState {
  const { messageId } = standing
  if (standing.kind === 'text') return { messageId, text: true }
  const { openedAtMs } = standing
  const { cardId, createdAtMs, aheadMs } = standing.entity.facts
  return {
    messageId,
    cardId,
    createdAtMs,
    ...(openedAtMs === createdAtMs ? {} : { openedAtMs }),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  }
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
  const aheadMs = (readWhole(state['aheadMs']) ?? 0) + TAKEN_OVER_AHEAD_MS
  const entity = open({ cardId, createdAtMs, aheadMs })
  return foundCard(messageId, entity, { openedAtMs: readWhole(state['openedAtMs']) ?? createdAtMs, nowMs })
}

/** A card of an earlier life: what it shows and whether it still streams is not known. */
export function foundCard(
  messageId: MessageId,
  entity: Entity,
  { openedAtMs, nowMs }: { readonly openedAtMs: number; readonly nowMs: number },
): StandingCard {
  const streaming = nowMs - openedAtMs < CARD_LIVES_MS
  return { ...standingCard(messageId, entity, { shown: {}, streaming, openedAtMs }), isFound: true }
}

/** A card that a message was seen to show. */
export function standingCard(
  messageId: MessageId,
  entity: Entity,
  now: Pick<StandingCard, 'shown' | 'streaming' | 'openedAtMs'>,
): StandingCard {
  const failures = { closing: 0, replacing: 0, dismissing: 0, pressed: 0 }
  return {
    kind: 'card',
    messageId,
    entity,
    ...now,
    isFound: false,
    reopened: false,
    frozen: false,
    failures,
  }
}

/** This card will not take it, however often it is asked. */
export function isRefused(error: unknown): boolean {
  return isKind(error, 'rejected') || isKind(error, 'gone')
}

export function isKind(error: unknown, kind: PlatformError['kind']): error is PlatformError {
  return error instanceof PlatformError && error.kind === kind
}
